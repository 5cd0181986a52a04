/**
 * Unsubscribing, in the database: mail providers send one-click unsubscribes by the thousand after a send, and round
 * trips were most of their cost. The algorithm lives only here; ledger/unsubscribe-guard.ts says why the lock comes
 * first, and consent/unsubscribe.ts waits until nothing is on the wire any more.
 */
export const unsubscribe = `
-- Is a mail of theirs being handed over right now? p_newsletter null: of any newsletter. One running issue at a time,
-- so that only its own partition is read. What was on the wire when an issue was cancelled still goes out; a day is
-- far longer than we wait for any relay.
CREATE OR REPLACE FUNCTION in_flight(p_subscriber bigint, p_newsletter bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE running bigint;
BEGIN
  FOR running IN
    SELECT id FROM issues
    WHERE state IN ('sending', 'paused') AND (p_newsletter IS NULL OR newsletter_id = p_newsletter)
    UNION ALL
    SELECT id FROM issues
    WHERE state = 'cancelled' AND (p_newsletter IS NULL OR newsletter_id = p_newsletter)
      AND updated_at > clock_timestamp() - interval '1 day'
      AND (SELECT coalesce(sum(handing), 0) FROM tallies t WHERE t.issue_id = issues.id) > 0
  LOOP
    IF EXISTS (SELECT 1 FROM subscribers p JOIN deliveries d ON d.key = p.identity
      WHERE p.id = p_subscriber AND d.issue_id = running AND d.kind = 'issue' AND d.state = 'handing')
    THEN RETURN true; END IF;
  END LOOP;
  RETURN EXISTS (SELECT 1 FROM deliveries WHERE issue_id = 0 AND subscriber_id = p_subscriber AND state = 'handing'
    AND (p_newsletter IS NULL OR newsletter_id = p_newsletter));
END $$;

-- Moves what waits for them in running sends, and service mails, to skipped. Returns in_flight() as it is then.
CREATE OR REPLACE FUNCTION skip_waiting_deliveries(p_subscriber bigint, p_newsletter bigint, p_reason text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE running bigint;
BEGIN
  FOR running IN SELECT id FROM issues
    WHERE state IN ('sending', 'paused') AND (p_newsletter IS NULL OR newsletter_id = p_newsletter)
  LOOP
    UPDATE deliveries d SET state = 'skipped', reason = p_reason, due_at = NULL, moved_at = clock_timestamp()
    FROM subscribers p
    WHERE p.id = p_subscriber AND d.issue_id = running AND d.kind = 'issue' AND d.key = p.identity
      AND d.state IN ('planned', 'deferred');
  END LOOP;
  UPDATE deliveries SET state = 'skipped', reason = p_reason, due_at = NULL, moved_at = clock_timestamp()
  WHERE issue_id = 0 AND subscriber_id = p_subscriber AND state IN ('planned', 'deferred')
    AND (p_newsletter IS NULL OR newsletter_id = p_newsletter);
  RETURN in_flight(p_subscriber, p_newsletter);
END $$;

-- The reader used a link of this mail, so they have it. Moves an unknown, and what waits again after an unknown, to
-- accepted; leaves alone another person's row, and one whose outcome was never unknown.
CREATE OR REPLACE FUNCTION accept_by_reader(p_subscriber bigint, p_issue bigint, p_delivery bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE deliveries d SET state = 'accepted', reason = 'reader', due_at = NULL, moved_at = clock_timestamp()
  WHERE d.issue_id = p_issue AND d.id = p_delivery AND d.subscriber_id = p_subscriber
    AND (d.state = 'unknown' OR (d.state IN ('planned', 'deferred') AND EXISTS (SELECT 1 FROM attempts a
      WHERE a.issue_id = p_issue AND a.delivery_id = p_delivery AND a.outcome = 'unknown')));
END $$;

-- Leaving one newsletter. Each statement after the lock reads what was committed while it waited for it.
CREATE OR REPLACE FUNCTION unsubscribe(
  p_lock bigint, p_newsletter bigint, p_subscriber bigint, p_left_by text,
  p_source text, p_language text, p_ip_hash bytea, p_page text, p_user_agent text, p_delivery_issue bigint, p_delivery bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(p_lock);
  IF p_left_by = 'reader' AND p_delivery IS NOT NULL THEN
    PERFORM accept_by_reader(p_subscriber, p_delivery_issue, p_delivery);
  END IF;
  UPDATE subscriptions SET state = 'unsubscribed', unsubscribed_at = clock_timestamp(), left_by = p_left_by
  WHERE newsletter_id = p_newsletter AND subscriber_id = p_subscriber AND state <> 'unsubscribed';
  IF FOUND THEN
    INSERT INTO consent_records (subscriber_id, newsletter_id, step, language, source, ip_hash, page, user_agent, delivery_issue_id, delivery_id)
    VALUES (p_subscriber, p_newsletter, 'unsubscribed', p_language, p_source, p_ip_hash, p_page, p_user_agent, p_delivery_issue, p_delivery);
  END IF;
  RETURN skip_waiting_deliveries(p_subscriber, p_newsletter, 'unsubscribed');
END $$;

-- The same by the link of a mail, in one call. person: as subscriber_of_link() has it.
CREATE OR REPLACE FUNCTION unsubscribe_by_link(
  p_lock bigint, p_newsletter bigint, p_subscriber bigint, p_link_key bigint, p_source text, p_language text,
  p_ip_hash bytea, p_page text, p_user_agent text, p_issue bigint, p_delivery bigint, OUT person bigint, OUT in_flight boolean
) LANGUAGE plpgsql AS $$
BEGIN
  person := subscriber_of_link(p_subscriber, p_link_key);
  in_flight := false;
  IF person > 0 THEN
    in_flight := unsubscribe(p_lock, p_newsletter, person, 'reader', p_source, p_language, p_ip_hash, p_page,
      p_user_agent, p_issue, p_delivery);
  END IF;
END $$;
`;
