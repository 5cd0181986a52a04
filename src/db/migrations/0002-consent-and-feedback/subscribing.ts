/** Service mails beyond the confirmation, and what a consent record says. */
import { unsubscribe } from '../../functions/unsubscribe.ts';

export const subscribing = `
-- of a mail of kind notice: which one, and the row that it is about (its links name it)
ALTER TABLE deliveries ADD COLUMN notice text, ADD COLUMN about bigint;

-- ip stays for records that 0.1.0 wrote, until their retention ends
ALTER TABLE consent_records ADD COLUMN ip_hash bytea, ADD COLUMN page text;

ALTER TABLE subscriptions
  -- when somebody last asked for it by the form: pending ones that nobody confirms are deleted
  ADD COLUMN requested_at timestamptz,
  -- of the latest mail that asks about several newsletters: its link confirms all that share it
  ADD COLUMN joint_key bigint;
CREATE INDEX subscriptions_requested ON subscriptions (requested_at) WHERE state = 'pending' AND request_key IS NOT NULL;

-- identity, mailbox and networks are keyed hashes from now on; rows of 0.1.0 are plain until they are too old to count
ALTER TABLE confirmation_requests
  -- confirmation, or notice: told that they read it already
  ADD COLUMN kind text NOT NULL DEFAULT 'confirmation',
  ADD COLUMN answered boolean NOT NULL DEFAULT false;
CREATE INDEX confirmation_requests_age ON confirmation_requests (answered, at);

ALTER TABLE newsletters
  -- a mail to new readers, with a paragraph of its own
  ADD COLUMN welcome boolean NOT NULL DEFAULT false,
  ADD COLUMN welcome_text text,
  -- who confirms after this moment gets the latest issue; null: they wait for the next
  ADD COLUMN latest_issue_since timestamptz,
  -- origins whose scripts may subscribe people
  ADD COLUMN sites text[] NOT NULL DEFAULT '{}',
  ADD COLUMN disposable text NOT NULL DEFAULT 'allow' CHECK (disposable IN ('allow','refuse')),
  -- forms need a proof of work (ALTCHA)
  ADD COLUMN proof boolean NOT NULL DEFAULT false;

-- proofs of work that were used, until they expire
CREATE TABLE spent_challenges (challenge text PRIMARY KEY, until timestamptz NOT NULL);
CREATE INDEX spent_challenges_until ON spent_challenges (until);
${unsubscribe}
`;
