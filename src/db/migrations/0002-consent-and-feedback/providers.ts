/** What mail providers report by HTTP: the keys of their addresses here, and which events were applied already. */
export const providers = `
CREATE TABLE feedback_keys (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL,
  -- SHA-256 of the key in the URL; the key itself is random and printed once
  key_hash bytea NOT NULL UNIQUE,
  -- whose events it takes: the ARN of an SNS topic, or SendGrid's public key
  pinned text,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  last_event_at timestamptz
);

-- Providers repeat events, and anybody who has seen one could. An event whose application failed is applied when it is
-- repeated. Deleted when no provider repeats it any more and its signature is too old.
CREATE TABLE provider_events (
  key_id bigint NOT NULL REFERENCES feedback_keys (id) ON DELETE CASCADE,
  event_id text NOT NULL,
  -- a hash, where no signature covers the event: the same id with other content is a forgery
  content text,
  received_at timestamptz NOT NULL DEFAULT now(),
  applied_at timestamptz,
  PRIMARY KEY (key_id, event_id)
);
CREATE INDEX provider_events_received ON provider_events (received_at);

-- An unknown that is sent again under its idempotency key: no mark is granted after this time.
ALTER TABLE deliveries ADD COLUMN resend_until timestamptz;
CREATE INDEX deliveries_resend ON deliveries (issue_id) WHERE resend_until IS NOT NULL;
`;
