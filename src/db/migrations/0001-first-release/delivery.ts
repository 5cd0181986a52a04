/** Who hands mails over, through which relay, and how fast: workers, batches, relays and lanes. */
export const delivery = `
-- A process that plans issues and hands mails over. Its lease (by this database's clock) covers all its batches.
CREATE TABLE workers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  lease_until timestamptz NOT NULL,
  draining boolean NOT NULL DEFAULT false,
  ended_at timestamptz
) WITH (fillfactor = 50);

-- How far the first pass over a lane of an issue has come.
CREATE TABLE lane_cursors (
  issue_id bigint NOT NULL,
  lane text NOT NULL,
  cursor bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (issue_id, lane)
) WITH (fillfactor = 50);

-- Deliveries of one lane that one worker may hand over. Gone when all of them are settled or given back.
CREATE TABLE batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  issue_id bigint NOT NULL,
  lane text NOT NULL,
  worker_id bigint NOT NULL REFERENCES workers,
  relay text,
  ids bigint[] NOT NULL,
  leased_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX batches_lane ON batches (issue_id, lane);
CREATE INDEX batches_worker ON batches (worker_id);

-- One row for every relay that a worker opened or an operator set. Null: as SMTP_URL says. The row is locked while
-- a batch of a relay with limits is leased, and while a connection of one with a limit of them is opened.
CREATE TABLE relays (
  name text PRIMARY KEY,
  rate double precision,
  minute int,
  hour int,
  day int,
  connections int,
  messages int,
  weight int,
  direct boolean,
  -- messages per day, one entry per step; null: not being warmed up
  warm_up int[],
  -- counted from 1
  warm_up_stage int NOT NULL DEFAULT 1,
  warm_up_since timestamptz,
  -- why it did not grow when its day was over
  warm_up_held text,
  -- nothing is sent to it before this; null: no backoff
  backoff_until timestamptz,
  -- when its quota for us is restored; it may be tried earlier
  backoff_ends timestamptz,
  -- what it said, without addresses
  backoff_why text,
  -- when an accepted message, or an operator, ended a backoff
  backoff_lifted_at timestamptz
) WITH (fillfactor = 50);

-- What was begun through a relay, in small buckets, so that a limit holds over any hour and not only over those of
-- the clock. Written when a batch ends; what open batches may still begin counts as begun.
CREATE TABLE relay_counts (
  relay text NOT NULL,
  span text NOT NULL,          -- minute, hour, day: buckets of 1 s, 1 min, 15 min
  bucket timestamptz NOT NULL,
  begun int NOT NULL DEFAULT 0,
  refused int NOT NULL DEFAULT 0,
  throttled int NOT NULL DEFAULT 0,
  PRIMARY KEY (relay, span, bucket)
) WITH (fillfactor = 50);

-- A worker's connections to a relay. Deleted with the worker.
CREATE TABLE relay_workers (
  relay text NOT NULL,
  worker_id bigint NOT NULL REFERENCES workers ON DELETE CASCADE,
  -- connections that it may have open
  connections int NOT NULL DEFAULT 0,
  down_since timestamptz,
  down_why text,
  PRIMARY KEY (relay, worker_id)
) WITH (fillfactor = 50);

-- What replies taught us about a lane of a relay; read by every process, changed by conditional statements only.
CREATE TABLE lane_states (
  relay text NOT NULL,
  lane text NOT NULL,
  -- counts every change: only a writer that has seen the current state may change it
  version int NOT NULL DEFAULT 0,
  -- concurrent hand-overs across all processes; null: no limit was learned
  connections int CHECK (connections > 0),
  -- after a hold one message goes first; true until it is accepted
  probing boolean NOT NULL DEFAULT false,
  held_until timestamptz,
  -- probes in a row that were throttled too
  failed_probes int NOT NULL DEFAULT 0,
  -- the last reply that slowed it, without addresses
  reason text,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- for a lane with a rate: when the next unreserved message may go
  next_at timestamptz,
  PRIMARY KEY (relay, lane)
) WITH (fillfactor = 50);

-- The share of a limited lane that a worker may currently use.
CREATE TABLE lane_claims (
  relay text NOT NULL,
  lane text NOT NULL,
  worker_id bigint NOT NULL REFERENCES workers ON DELETE CASCADE,
  connections int NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (relay, lane, worker_id)
) WITH (fillfactor = 50);

-- Limits set by an operator; relay '': every relay.
CREATE TABLE lane_limits (
  lane text NOT NULL,
  relay text NOT NULL DEFAULT '',
  connections int CHECK (connections > 0),
  rate double precision CHECK (rate > 0),
  PRIMARY KEY (lane, relay)
);

-- Domains that an operator put into a lane, overriding the built-in list.
CREATE TABLE lane_domains (
  domain text PRIMARY KEY,
  lane text NOT NULL
);

-- The MX hosts of domains that are in no list; looked up again when the entry is old.
CREATE TABLE domain_mx (
  domain text PRIMARY KEY,
  lane text NOT NULL,
  -- null: there was no answer
  mx text,
  looked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- rate-limiter-flexible's table, used without Redis. Unlogged: it holds nothing older than a second.
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

-- Facts about this installation, such as which database it is.
CREATE TABLE installation (
  name text PRIMARY KEY,
  value jsonb NOT NULL
);
`;
