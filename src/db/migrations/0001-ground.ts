/**
 * The first schema. Forward only: later migrations expand first and contract a release later, so that the
 * previous release's running processes stay correct.
 */
export const ground = {
  version: 1,
  name: 'ground',
  /** The oldest schema version whose program may still run on the result. */
  compatible: 1,
  sql: `
CREATE TYPE issue_state AS ENUM ('draft','scheduled','sending','paused','sent','cancelled','archived');
CREATE TYPE delivery_state AS ENUM ('planned','handing','deferred','accepted','refused','skipped','unknown');
CREATE TYPE delivery_kind AS ENUM ('issue','confirmation','welcome','notice');
CREATE TYPE subscription_state AS ENUM ('pending','confirmed','unsubscribed');

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
  base_url text,
  relay text,
  archive text NOT NULL DEFAULT 'public' CHECK (archive IN ('public','unlisted','off')),
  signup text NOT NULL DEFAULT 'open' CHECK (signup IN ('open','closed')),
  images text NOT NULL DEFAULT 'mirror' CHECK (images IN ('mirror','link')),
  on_unknown text NOT NULL DEFAULT 'hold' CHECK (on_unknown IN ('hold','resend')),
  editors text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);

-- One person = one address identity. email is the spelling first given: mail goes there.
CREATE TABLE subscribers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity text NOT NULL UNIQUE,
  email text NOT NULL,
  name text,
  language text,
  timezone text,
  attributes jsonb NOT NULL DEFAULT '{}',
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
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (newsletter_id, subscriber_id),
  CHECK ((state = 'confirmed') <= (confirmed_at IS NOT NULL))
);
CREATE INDEX subscriptions_confirmed ON subscriptions (newsletter_id, id) WHERE state = 'confirmed';
CREATE INDEX subscriptions_subscriber ON subscriptions (subscriber_id);
-- who confirmed lately (catch-up): block ranges cost an import nothing
CREATE INDEX subscriptions_lately ON subscriptions USING brin (confirmed_at) WITH (autosummarize = on);

-- Append-only proof. Outlives the subscriber row (identity_hash remains after an erasure).
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
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX suppressions_hash ON suppressions (identity_hash) WHERE lifted_at IS NULL;
CREATE INDEX suppressions_subscriber ON suppressions (subscriber_id) WHERE lifted_at IS NULL;

CREATE TABLE editions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash text NOT NULL,
  content jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE issues (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  newsletter_id bigint NOT NULL REFERENCES newsletters,
  slug text NOT NULL,
  state issue_state NOT NULL DEFAULT 'draft',
  title text NOT NULL,
  -- as written in the source, YYYY-MM-DD; never schedules
  issue_date date,
  language text NOT NULL,
  source text NOT NULL,
  source_name text NOT NULL,
  -- local files beside the source: {"cover.png": "<media hash>"}
  media jsonb NOT NULL DEFAULT '{}',
  edition_id bigint REFERENCES editions,
  -- paused / cancelled: why, and by whom ('editor' or 'postrider')
  reason text,
  paused_by text,
  paused_at timestamptz,
  relay text,
  rehearsal boolean NOT NULL DEFAULT false,
  scheduled_at timestamptz,
  -- who confirms within this many seconds after plan_moment gets it too; null: nobody
  catch_up_seconds int,
  sending_since timestamptz,
  served_at timestamptz,
  sent_at timestamptz,
  -- the plan: who was confirmed by plan_moment and has a subscription id up to plan_high
  plan_moment timestamptz,
  plan_high bigint,
  plan_cursor bigint NOT NULL DEFAULT 0,
  plan_done boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (newsletter_id, slug)
);
CREATE INDEX issues_running ON issues (state) WHERE state IN ('scheduled','sending','paused');

CREATE TABLE media (
  hash text PRIMARY KEY,       -- SHA-256 hex
  type text NOT NULL,
  bytes bytea NOT NULL,
  width int,
  height int,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The ledger. issue_id 0 holds the service mails. due_at is set only on rows that must be visited again
-- (deferred, or given back); the first pass goes by id, so that the usual moves touch no index.
CREATE SEQUENCE delivery_ids AS bigint CACHE 1;
CREATE TABLE deliveries (
  issue_id bigint NOT NULL,
  id bigint NOT NULL DEFAULT nextval('delivery_ids'),
  kind delivery_kind NOT NULL DEFAULT 'issue',
  -- 'issue': the address identity. Service mails: their own unique key.
  key text NOT NULL,
  newsletter_id bigint NOT NULL,
  subscriber_id bigint,
  subscription_id bigint,
  email text NOT NULL,
  lane text NOT NULL,
  state delivery_state NOT NULL DEFAULT 'planned',
  -- counts every mark; whoever holds the number that is in the row may move it
  fence int NOT NULL DEFAULT 0,
  worker_id bigint,
  due_at timestamptz,
  attempts smallint NOT NULL DEFAULT 0,
  first_attempt_at timestamptz,
  moved_at timestamptz NOT NULL DEFAULT now(),
  reason text,
  reply text,
  relay text,
  -- set by feedback, never changes the state
  feedback text,
  PRIMARY KEY (issue_id, id)
) PARTITION BY RANGE (issue_id);
CREATE UNIQUE INDEX deliveries_once ON deliveries (issue_id, kind, key);
CREATE INDEX deliveries_lane ON deliveries (issue_id, lane, id);
CREATE INDEX deliveries_due ON deliveries (issue_id, lane, due_at) WHERE due_at IS NOT NULL;
-- Later partitions are made by db/partitions.ts, stored alike.
CREATE TABLE deliveries_service PARTITION OF deliveries FOR VALUES FROM (0) TO (1) WITH (fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_vacuum_insert_threshold = 5000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 1000,
  autovacuum_vacuum_cost_limit = 1000);
CREATE INDEX deliveries_service_subscriber ON deliveries_service (subscriber_id);
CREATE TABLE deliveries_1 PARTITION OF deliveries FOR VALUES FROM (1) TO (101) WITH (fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_vacuum_insert_threshold = 5000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 1000,
  autovacuum_vacuum_cost_limit = 1000);

-- Every attempt that did not end in acceptance (an accepted one is the delivery row itself).
CREATE TABLE attempts (
  issue_id bigint NOT NULL,
  delivery_id bigint NOT NULL,
  fence int NOT NULL,
  outcome text NOT NULL,
  stage text,
  reply text,
  relay text,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attempts_delivery ON attempts (issue_id, delivery_id);

-- How many deliveries of an issue stand in which state: the sum over the shards. Kept by a trigger in the very
-- statement that moves the rows, so no act can forget it; sharded so that workers do not queue for one row.
CREATE TABLE tallies (
  issue_id bigint NOT NULL,
  shard smallint NOT NULL,
  planned bigint NOT NULL DEFAULT 0,
  handing bigint NOT NULL DEFAULT 0,
  deferred bigint NOT NULL DEFAULT 0,
  accepted bigint NOT NULL DEFAULT 0,
  refused bigint NOT NULL DEFAULT 0,
  skipped bigint NOT NULL DEFAULT 0,
  unknown bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (issue_id, shard)
) WITH (fillfactor = 50);

CREATE FUNCTION tally_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tallies AS t (issue_id, shard, planned, handing, deferred, accepted, refused, skipped, unknown)
  SELECT issue_id, pg_backend_pid() % 64,
    count(*) FILTER (WHERE state = 'planned'), count(*) FILTER (WHERE state = 'handing'),
    count(*) FILTER (WHERE state = 'deferred'), count(*) FILTER (WHERE state = 'accepted'),
    count(*) FILTER (WHERE state = 'refused'), count(*) FILTER (WHERE state = 'skipped'),
    count(*) FILTER (WHERE state = 'unknown')
  FROM new_rows GROUP BY issue_id ORDER BY issue_id
  ON CONFLICT (issue_id, shard) DO UPDATE SET
    planned = t.planned + excluded.planned, handing = t.handing + excluded.handing,
    deferred = t.deferred + excluded.deferred, accepted = t.accepted + excluded.accepted,
    refused = t.refused + excluded.refused, skipped = t.skipped + excluded.skipped,
    unknown = t.unknown + excluded.unknown;
  RETURN NULL;
END $$;

CREATE FUNCTION tally_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tallies AS t (issue_id, shard, planned, handing, deferred, accepted, refused, skipped, unknown)
  SELECT issue_id, pg_backend_pid() % 64,
    coalesce(sum(n) FILTER (WHERE state = 'planned'), 0), coalesce(sum(n) FILTER (WHERE state = 'handing'), 0),
    coalesce(sum(n) FILTER (WHERE state = 'deferred'), 0), coalesce(sum(n) FILTER (WHERE state = 'accepted'), 0),
    coalesce(sum(n) FILTER (WHERE state = 'refused'), 0), coalesce(sum(n) FILTER (WHERE state = 'skipped'), 0),
    coalesce(sum(n) FILTER (WHERE state = 'unknown'), 0)
  FROM (SELECT issue_id, state, 1 AS n FROM new_rows UNION ALL SELECT issue_id, state, -1 FROM old_rows) moves
  GROUP BY issue_id ORDER BY issue_id
  ON CONFLICT (issue_id, shard) DO UPDATE SET
    planned = t.planned + excluded.planned, handing = t.handing + excluded.handing,
    deferred = t.deferred + excluded.deferred, accepted = t.accepted + excluded.accepted,
    refused = t.refused + excluded.refused, skipped = t.skipped + excluded.skipped,
    unknown = t.unknown + excluded.unknown;
  RETURN NULL;
END $$;

CREATE FUNCTION tally_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tallies AS t (issue_id, shard, planned, handing, deferred, accepted, refused, skipped, unknown)
  SELECT issue_id, pg_backend_pid() % 64,
    -count(*) FILTER (WHERE state = 'planned'), -count(*) FILTER (WHERE state = 'handing'),
    -count(*) FILTER (WHERE state = 'deferred'), -count(*) FILTER (WHERE state = 'accepted'),
    -count(*) FILTER (WHERE state = 'refused'), -count(*) FILTER (WHERE state = 'skipped'),
    -count(*) FILTER (WHERE state = 'unknown')
  FROM old_rows GROUP BY issue_id ORDER BY issue_id
  ON CONFLICT (issue_id, shard) DO UPDATE SET
    planned = t.planned + excluded.planned, handing = t.handing + excluded.handing,
    deferred = t.deferred + excluded.deferred, accepted = t.accepted + excluded.accepted,
    refused = t.refused + excluded.refused, skipped = t.skipped + excluded.skipped,
    unknown = t.unknown + excluded.unknown;
  RETURN NULL;
END $$;

CREATE TRIGGER deliveries_inserted AFTER INSERT ON deliveries REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_inserted();
CREATE TRIGGER deliveries_updated AFTER UPDATE ON deliveries REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_updated();
CREATE TRIGGER deliveries_deleted AFTER DELETE ON deliveries REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_deleted();

-- A process that hands mails over, or plans. Its lease (by this database's clock) covers all its windows.
CREATE TABLE workers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  lease_until timestamptz NOT NULL,
  draining boolean NOT NULL DEFAULT false,
  ended_at timestamptz
) WITH (fillfactor = 50);

-- Where the first pass over a lane of an issue stands.
CREATE TABLE lane_cursors (
  issue_id bigint NOT NULL,
  lane text NOT NULL,
  cursor bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (issue_id, lane)
) WITH (fillfactor = 50);

-- A set of deliveries of one lane that one worker may hand over. Gone when all of them are settled or given back.
CREATE TABLE windows (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  issue_id bigint NOT NULL,
  lane text NOT NULL,
  worker_id bigint NOT NULL REFERENCES workers,
  ids bigint[] NOT NULL,
  leased_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX windows_lane ON windows (issue_id, lane);
CREATE INDEX windows_worker ON windows (worker_id);

-- rate-limiter-flexible's table, where there is no Redis. Unlogged: it holds nothing older than a second.
CREATE UNLOGGED TABLE pace (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);

-- The built-in inbox: the last 1,000 mails of rehearsals.
CREATE TABLE inbox_mails (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mail_from text NOT NULL,
  rcpt_to text NOT NULL,
  subject text NOT NULL,
  source bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
);

-- What was asked of us from one network or for one address, to cap confirmation mails.
CREATE TABLE confirmation_asks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity text NOT NULL,
  newsletter_id bigint NOT NULL,
  network text,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX confirmation_asks_identity ON confirmation_asks (identity, at);
CREATE INDEX confirmation_asks_network ON confirmation_asks (network, at);

-- Facts about this installation: which secret keys (by kid) were used for hashes or sent links, ...
CREATE TABLE installation (
  name text PRIMARY KEY,
  value jsonb NOT NULL
);
`,
} as const;
