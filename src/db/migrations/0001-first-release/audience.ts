/** Newsletters, the people who read them, and the consent that they gave or took back. */
export const audience = `
CREATE TABLE newsletters (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  from_name text NOT NULL,
  from_address text NOT NULL,
  reply_to text,
  language text NOT NULL DEFAULT 'en',
  timezone text NOT NULL DEFAULT 'UTC',
  theme text NOT NULL DEFAULT 'default',
  colors jsonb NOT NULL DEFAULT '{}',
  logo text,
  postal_address text NOT NULL DEFAULT '',
  -- shown on the page where people subscribe, as are the next two
  description text,
  frequency text,
  privacy_url text,
  base_url text,
  -- one name, or several with weights: a:3,b:1
  relay text,
  -- local times, such as 22:00-07:00; null: none
  quiet text,
  -- whose clock applies: newsletter, or reader (if their time zone is known)
  quiet_zone text NOT NULL DEFAULT 'newsletter',
  -- a send pauses itself when more than this share (in percent; 0: never) was refused or bounced, or complained
  auto_pause_refused real NOT NULL DEFAULT 10,
  auto_pause_complaints real NOT NULL DEFAULT 0.5,
  -- once at least this many were judged
  auto_pause_sample int NOT NULL DEFAULT 200,
  archive text NOT NULL DEFAULT 'public' CHECK (archive IN ('public','unlisted','off')),
  signup text NOT NULL DEFAULT 'open' CHECK (signup IN ('open','closed')),
  images text NOT NULL DEFAULT 'mirror' CHECK (images IN ('mirror','link')),
  on_unknown text NOT NULL DEFAULT 'hold' CHECK (on_unknown IN ('hold','resend')),
  -- days after the end of a send until its ledger is compacted to counts; null: never
  keep_ledger_days int DEFAULT 400 CHECK (keep_ledger_days > 0),
  editors text[] NOT NULL DEFAULT '{}',
  -- empty: nobody said
  legal_profile text[] NOT NULL DEFAULT '{}' CHECK (legal_profile <@ ARRAY['us','ca','eu','cn']),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- One person is one address identity. email is the spelling first given: mail goes there.
CREATE TABLE subscribers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity text NOT NULL UNIQUE,
  email text NOT NULL,
  name text,
  language text,
  timezone text,
  attributes jsonb NOT NULL DEFAULT '{}',
  -- Every link that identifies this person carries it: in a restored database a row number may belong to somebody else.
  link_key bigint NOT NULL DEFAULT new_link_key(),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE subscriptions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  newsletter_id bigint NOT NULL REFERENCES newsletters,
  subscriber_id bigint NOT NULL REFERENCES subscribers ON DELETE CASCADE,
  state subscription_state NOT NULL,
  confirmed_at timestamptz,
  unsubscribed_at timestamptz,
  -- how the person left ('reader', 'complaint', 'editor'), which decides how they may come back
  left_by text,
  -- new each time that somebody becomes pending: a confirmation link works for that request only
  request_key bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (newsletter_id, subscriber_id),
  CHECK ((state = 'confirmed') <= (confirmed_at IS NOT NULL))
);
CREATE INDEX subscriptions_confirmed ON subscriptions (newsletter_id, id) WHERE state = 'confirmed';
CREATE INDEX subscriptions_subscriber ON subscriptions (subscriber_id);
-- finds people who confirmed recently (catch-up): a block range index costs an import almost nothing
CREATE INDEX subscriptions_lately ON subscriptions USING brin (confirmed_at) WITH (autosummarize = on);

-- Append-only proof. Outlives the subscriber's row.
CREATE TABLE consent_records (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subscriber_id bigint REFERENCES subscribers ON DELETE SET NULL,
  newsletter_id bigint REFERENCES newsletters,
  step text NOT NULL,          -- asked, confirmed, imported, unsubscribed, not-me, ...
  wording text,
  wording_version text,
  language text,
  source text NOT NULL,        -- form, api, cli, import: <stated source>, one-click, page
  ip inet,
  user_agent text,
  delivery_issue_id bigint,
  delivery_id bigint,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX consent_records_subscriber ON consent_records (subscriber_id);

-- An identity that must not be written to. After an erasure only the keyed hash remains.
CREATE TABLE suppressions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity_hash bytea NOT NULL,
  hash_kid text NOT NULL,
  identity text,
  subscriber_id bigint REFERENCES subscribers ON DELETE SET NULL,
  newsletter_id bigint REFERENCES newsletters,   -- null: everywhere
  reason text NOT NULL,        -- bounce, complaint, not-me, by-hand, erased
  source text NOT NULL,
  until timestamptz,
  lifted_at timestamptz,
  -- of an erasure: the link key of the erased row, so that the links of old mails get a truthful answer
  link_key bigint,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX suppressions_hash ON suppressions (identity_hash) WHERE lifted_at IS NULL;
CREATE INDEX suppressions_subscriber ON suppressions (subscriber_id) WHERE lifted_at IS NULL;
CREATE INDEX suppressions_link_key ON suppressions (link_key) WHERE link_key IS NOT NULL;
CREATE INDEX suppressions_erased ON suppressions (identity_hash) WHERE link_key IS NOT NULL;
CREATE INDEX suppressions_identity ON suppressions (identity) WHERE lifted_at IS NULL AND identity IS NOT NULL;
CREATE INDEX suppressions_hash_only ON suppressions (hash_kid) WHERE lifted_at IS NULL AND identity IS NULL;

-- Requests for a confirmation mail, counted by the budgets that cap those mails.
CREATE TABLE confirmation_requests (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity text NOT NULL,
  -- the identity in a canonical form: one per mailbox, however its address is written
  mailbox text,
  newsletter_id bigint NOT NULL,
  network text,
  wide_network text,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX confirmation_requests_identity ON confirmation_requests (identity, at);
CREATE INDEX confirmation_requests_mailbox ON confirmation_requests (mailbox, at);
CREATE INDEX confirmation_requests_network ON confirmation_requests (network, at);
CREATE INDEX confirmation_requests_wide ON confirmation_requests (wide_network, at) WHERE wide_network IS NOT NULL;
CREATE INDEX confirmation_requests_newsletter ON confirmation_requests (newsletter_id, at);

-- Which secrets signed the links of sent mails, so that a start without one of them is noticed.
CREATE TABLE signing_keys (
  kid text PRIMARY KEY,
  -- it has signed since then
  since timestamptz NOT NULL DEFAULT now(),
  -- null: it is in use today
  until timestamptz,
  -- an operator chose to continue without it
  forgotten_at timestamptz
);
`;
