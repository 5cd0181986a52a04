/** What readers choose, and how they leave. */
export const choosing = `
ALTER TABLE subscriptions
  -- each issue, or the first of each month
  ADD COLUMN frequency text NOT NULL DEFAULT 'each' CHECK (frequency IN ('each','first')),
  -- nothing is planned for them before
  ADD COLUMN paused_until timestamptz;

-- finds the records whose origin is to be forgotten
CREATE INDEX consent_records_origin ON consent_records (at)
  WHERE ip IS NOT NULL OR ip_hash IS NOT NULL OR page IS NOT NULL OR user_agent IS NOT NULL;

-- Why readers left, where they said so on the page.
CREATE TABLE leaving_reasons (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  record_id bigint NOT NULL UNIQUE REFERENCES consent_records ON DELETE CASCADE,
  newsletter_id bigint NOT NULL REFERENCES newsletters,
  subscriber_id bigint REFERENCES subscribers ON DELETE SET NULL,
  reason text NOT NULL,        -- too-often, not-relevant, never-asked, other
  comment text,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX leaving_reasons_subscriber ON leaving_reasons (subscriber_id);

-- New addresses that readers asked for; the old and the new mailbox must both say yes.
CREATE TABLE address_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subscriber_id bigint NOT NULL REFERENCES subscribers ON DELETE CASCADE,
  email text NOT NULL,
  identity text NOT NULL,
  old_confirmed_at timestamptz,
  new_confirmed_at timestamptz,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX address_changes_subscriber ON address_changes (subscriber_id, at);
`;
