/**
 * Leaving as one call: mail providers send one-click unsubscribes by the thousand after a send, and eight round
 * trips each were most of their cost. Only adds functions.
 */
export const leave = {
  version: 5,
  name: 'leave',
  compatible: 1,
  sql: `
-- Is a mail of theirs being handed over this moment? p_newsletter null: of any newsletter. A running issue at a
-- time, so that only its own partition is looked at.
CREATE FUNCTION on_the_wire(p_subscriber bigint, p_newsletter bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE running bigint;
BEGIN
  FOR running IN SELECT id FROM issues
    WHERE state IN ('sending', 'paused') AND (p_newsletter IS NULL OR newsletter_id = p_newsletter)
  LOOP
    IF EXISTS (SELECT 1 FROM subscribers p JOIN deliveries d ON d.key = p.identity
      WHERE p.id = p_subscriber AND d.issue_id = running AND d.kind = 'issue' AND d.state = 'handing')
    THEN RETURN true; END IF;
  END LOOP;
  RETURN EXISTS (SELECT 1 FROM deliveries WHERE issue_id = 0 AND subscriber_id = p_subscriber AND state = 'handing'
    AND (p_newsletter IS NULL OR newsletter_id = p_newsletter));
END $$;

-- Moves what waits for them in running sends, and service mails, to skipped. Returns on_the_wire() as it is then.
CREATE FUNCTION skip_waiting(p_subscriber bigint, p_newsletter bigint, p_reason text) RETURNS boolean LANGUAGE plpgsql AS $$
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
  RETURN on_the_wire(p_subscriber, p_newsletter);
END $$;

-- The whole act of leaving one newsletter. The lock comes first (ledger/leave.ts says why); each statement after it
-- reads what was committed while it waited.
CREATE FUNCTION leave_newsletter(
  p_lock bigint, p_newsletter bigint, p_subscriber bigint, p_left_by text,
  p_source text, p_language text, p_ip inet, p_user_agent text, p_delivery_issue bigint, p_delivery bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(p_lock);
  UPDATE subscriptions SET state = 'unsubscribed', unsubscribed_at = clock_timestamp(), left_by = p_left_by
  WHERE newsletter_id = p_newsletter AND subscriber_id = p_subscriber AND state <> 'unsubscribed';
  IF FOUND THEN
    INSERT INTO consent_records (subscriber_id, newsletter_id, step, language, source, ip, user_agent, delivery_issue_id, delivery_id)
    VALUES (p_subscriber, p_newsletter, 'unsubscribed', p_language, p_source, p_ip, p_user_agent, p_delivery_issue, p_delivery);
  END IF;
  RETURN skip_waiting(p_subscriber, p_newsletter, 'unsubscribed');
END $$;
`,
} as const;
