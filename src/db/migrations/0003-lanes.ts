/** Lanes: what was learned of them, who may use them, and what an operator set. */
export const lanes = {
  version: 3,
  name: 'lanes',
  /** Only new tables: a program that knows schema 1 goes on as before, without limits on lanes. */
  compatible: 1,
  sql: `
-- What replies taught us of a lane of a relay; read by every process, changed by conditional statements only.
CREATE TABLE lane_states (
  relay text NOT NULL,
  lane text NOT NULL,
  -- counts every change: only who has seen the present state may change it
  version int NOT NULL DEFAULT 0,
  -- hand-overs at once over all processes; null: not limited by what was learned
  connections int CHECK (connections > 0),
  -- one message goes first after a hold; true until it was taken
  probing boolean NOT NULL DEFAULT false,
  held_until timestamptz,
  -- probes in a row that were throttled too
  failed_probes int NOT NULL DEFAULT 0,
  -- the last reply that slowed it, without addresses
  reason text,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- with a rate: when the next message that nobody has reserved may go
  next_at timestamptz,
  PRIMARY KEY (relay, lane)
) WITH (fillfactor = 50);

-- The share of a limited lane that a worker may use just now.
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

-- Domains that an operator put into a lane, over the built-in list.
CREATE TABLE lane_domains (
  domain text PRIMARY KEY,
  lane text NOT NULL
);

-- Whose servers take the mail of a domain that no list names; looked up again when it is old.
CREATE TABLE domain_exchanges (
  domain text PRIMARY KEY,
  lane text NOT NULL,
  -- null: there was no answer
  exchange text,
  looked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
`,
} as const;
