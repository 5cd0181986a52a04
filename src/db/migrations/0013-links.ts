/**
 * Links name people, not row numbers. A restored dump, or a new database under the old secret, hands the same numbers
 * to other people; so each subscriber's row has a random link key, which every link carries signed. Rows are rewritten
 * once: a million take some seconds, in which nobody else can read them.
 */
export const links = {
  version: 13,
  name: 'links',
  /** An older worker would go on writing links that name row numbers only. */
  compatible: 13,
  sql: `
-- 48 random bits: enough that no two people ever share one by accident, and exact as a JavaScript number. It is no
-- secret; the signature protects the link.
CREATE FUNCTION new_link_key() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT ('x' || right(gen_random_uuid()::text, 12))::bit(48)::bigint
$$;
ALTER TABLE subscribers ADD COLUMN link_key bigint NOT NULL DEFAULT new_link_key();
-- New with each time that somebody begins to be pending: a confirmation link works for that ask only.
ALTER TABLE subscriptions ADD COLUMN ask_key bigint;
-- Of these a confirmation may still wait to be sent.
UPDATE subscriptions SET ask_key = new_link_key() WHERE state = 'pending';
-- Of an erasure: the link key that the erased row had, so that links of old mails are answered truthfully.
ALTER TABLE suppressions ADD COLUMN link_key bigint;
CREATE INDEX suppressions_link_key ON suppressions (link_key) WHERE link_key IS NOT NULL;
CREATE INDEX suppressions_erased ON suppressions (identity_hash) WHERE link_key IS NOT NULL;
CREATE INDEX suppressions_identity ON suppressions (identity) WHERE lifted_at IS NULL AND identity IS NOT NULL;

-- Whom a link names: the subscriber's id; 0 for somebody who was erased and has not come back; null for nobody here.
-- Who came back after an erasure has a new row, but the same mailbox: their old mails still take them off.
CREATE FUNCTION subscriber_of_link(p_subscriber bigint, p_link_key bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE person bigint;
BEGIN
  SELECT id INTO person FROM subscribers WHERE id = p_subscriber AND link_key = p_link_key;
  IF FOUND THEN RETURN person; END IF;
  SELECT coalesce(max(b.subscriber_id), 0) INTO person
  FROM suppressions e JOIN suppressions b ON b.identity_hash = e.identity_hash AND b.link_key IS NOT NULL
  WHERE e.link_key = p_link_key HAVING count(*) > 0;
  RETURN person;
END $$;

-- The same for an unsubscribe link from before this migration, which holds numbers only. It is believed when its
-- subscriber was here before the migration too (so the number was not given away anew by a database restored since)
-- and the ledger says that this very mail went to them, or has been thinned. A mail to somebody erased meanwhile is 0.
CREATE FUNCTION subscriber_of_old_link(p_newsletter bigint, p_subscriber bigint, p_issue bigint, p_delivery bigint)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE mail record;
BEGIN
  SELECT newsletter_id, subscriber_id, email INTO mail FROM deliveries WHERE issue_id = p_issue AND id = p_delivery;
  IF NOT FOUND THEN
    PERFORM FROM issues WHERE id = p_issue AND newsletter_id = p_newsletter AND thinned_at IS NOT NULL;
    IF NOT FOUND THEN RETURN NULL; END IF;
  ELSIF mail.newsletter_id <> p_newsletter THEN
    RETURN NULL;
  ELSIF mail.subscriber_id IS NULL AND mail.email = '' THEN
    RETURN 0;
  ELSIF mail.subscriber_id IS DISTINCT FROM p_subscriber THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT id FROM subscribers WHERE id = p_subscriber
    AND created_at < (SELECT applied_at FROM schema_versions WHERE name = 'links'));
END $$;

-- Leaving by a link, in one call: whom it names, and whether a mail of theirs was on the wire. p_link_key null: an old link.
CREATE FUNCTION leave_by_link(
  p_lock bigint, p_newsletter bigint, p_subscriber bigint, p_link_key bigint, p_source text, p_language text, p_ip inet,
  p_user_agent text, p_issue bigint, p_delivery bigint, OUT person bigint, OUT on_the_wire boolean
) LANGUAGE plpgsql AS $$
BEGIN
  person := CASE WHEN p_link_key IS NULL THEN subscriber_of_old_link(p_newsletter, p_subscriber, p_issue, p_delivery)
    ELSE subscriber_of_link(p_subscriber, p_link_key) END;
  on_the_wire := false;
  IF person > 0 THEN
    on_the_wire := leave_newsletter(p_lock, p_newsletter, person, 'reader', p_source, p_language, p_ip, p_user_agent,
      p_issue, p_delivery);
  END IF;
END $$;
`,
} as const;
