/** Leaving while a mail hangs on the wire: that of a cancelled issue counts too, and an erasure comes back for its row. */
export const leavingLate = {
  version: 11,
  name: 'leaving-late',
  /** Only adds, and makes an answer stricter; an older worker leaves the forgetting to a newer one. */
  compatible: 1,
  sql: `
CREATE INDEX issues_cancelled ON issues (newsletter_id) WHERE state = 'cancelled';

-- As before, and with cancelled issues: what was on the wire when they were cancelled still goes out. A day is far
-- longer than any relay is waited for.
CREATE OR REPLACE FUNCTION on_the_wire(p_subscriber bigint, p_newsletter bigint) RETURNS boolean LANGUAGE plpgsql AS $$
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

-- Deliveries of erased people that were on the wire: forgotten as soon as they are settled.
CREATE TABLE erased_later (
  issue_id bigint NOT NULL,
  delivery_id bigint NOT NULL,
  -- the keyed hash that takes the place of the identity; null: a service mail, whose key names nobody
  key text,
  PRIMARY KEY (issue_id, delivery_id)
);
`,
} as const;
