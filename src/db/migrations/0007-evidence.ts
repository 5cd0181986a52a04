/** Whoever leaves by the link of a mail has that mail: leaving settles its doubt, in the same act. Only functions. */
export const evidence = {
  version: 7,
  name: 'evidence',
  compatible: 2,
  sql: `
-- The reader acted by a link of this mail. Moves an unknown, and what waits again after a doubt, to accepted; a row of
-- somebody else, or one that was never in doubt, is left alone.
CREATE FUNCTION accept_by_reader(p_subscriber bigint, p_issue bigint, p_delivery bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE deliveries d SET state = 'accepted', reason = 'reader', due_at = NULL, moved_at = clock_timestamp()
  WHERE d.issue_id = p_issue AND d.id = p_delivery AND d.subscriber_id = p_subscriber
    AND (d.state = 'unknown' OR (d.state IN ('planned', 'deferred') AND EXISTS (SELECT 1 FROM attempts a
      WHERE a.issue_id = p_issue AND a.delivery_id = p_delivery AND a.outcome = 'unknown')))
$$;

-- As before, and with the evidence: after the lock, before what waits is skipped.
CREATE OR REPLACE FUNCTION leave_newsletter(
  p_lock bigint, p_newsletter bigint, p_subscriber bigint, p_left_by text,
  p_source text, p_language text, p_ip inet, p_user_agent text, p_delivery_issue bigint, p_delivery bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(p_lock);
  IF p_left_by = 'reader' AND p_delivery IS NOT NULL THEN
    PERFORM accept_by_reader(p_subscriber, p_delivery_issue, p_delivery);
  END IF;
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
