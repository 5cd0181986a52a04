/** What comes back after acceptance: bounces, complaints, provider events. */
export const feedback = `
-- One row for each recipient that a report names. It holds no address: the diagnostic is stored without.
CREATE TABLE feedback_reports (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- of the mail, or of the provider's event id: the same report again changes nothing
  digest bytea NOT NULL,
  -- which of the recipients that the report names
  part smallint NOT NULL,
  -- imap, lmtp, smtp, cli, smtp-reply (the relay refused the address at once), or a provider's name
  source text NOT NULL,
  class text NOT NULL CHECK (class IN ('hard','soft','block','feedback','vacation','other')),
  reason text NOT NULL,
  status text,
  diagnostic text,
  -- return-path, header, message-id, relay-id, recipient; null: no delivery was found
  found_by text,
  -- the report carried a signed clue, or came from a provider that proved who it is
  proven boolean NOT NULL,
  issue_id bigint,
  delivery_id bigint,
  newsletter_id bigint,
  subscriber_id bigint REFERENCES subscribers ON DELETE SET NULL,
  lane text,
  relay text,
  -- what was done: suppressed, counted, quarantined, ...
  action text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (digest, part)
);
CREATE INDEX feedback_reports_at ON feedback_reports (at);
CREATE INDEX feedback_reports_delivery ON feedback_reports (issue_id, delivery_id) WHERE issue_id IS NOT NULL;
-- addresses that a relay refused lately: they are read in the background
CREATE INDEX attempts_refused ON attempts (at) WHERE outcome = 'refused';
CREATE INDEX feedback_reports_subscriber ON feedback_reports (subscriber_id) WHERE subscriber_id IS NOT NULL;
-- how many addresses a provider called unknown lately
CREATE INDEX feedback_reports_hard ON feedback_reports (lane, at) WHERE class = 'hard';
CREATE INDEX feedback_reports_quarantined ON feedback_reports (lane) WHERE action = 'quarantined';

-- which issues people left by
CREATE INDEX consent_records_left_by ON consent_records (delivery_issue_id, delivery_id)
  WHERE step = 'unsubscribed' AND delivery_issue_id > 0;
-- Gmail's own limit; existing newsletters keep theirs
ALTER TABLE newsletters ALTER COLUMN auto_pause_complaints SET DEFAULT 0.3;

-- An operator's word over the classifier's: a report that fits is of this class. What is null fits everything.
CREATE TABLE feedback_rules (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- the class that the report has without the rule
  from_class text,
  reason text,
  -- a status begins with it: 5.1.1, or 5.7.
  status text,
  lane text,
  -- the diagnostic contains it, in any case
  words text,
  class text NOT NULL CHECK (class IN ('hard','soft','block','feedback','vacation','other')),
  -- the real text that it is about, and why
  note text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now()
);
`;
