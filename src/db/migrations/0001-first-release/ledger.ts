/** The ledger: one row for each person and issue, and the counts of those rows. */

/** As in db/partitions.ts, which makes the later partitions: a test compares them. */
const STORAGE = (fillfactor: number) => `WITH (fillfactor = ${fillfactor},
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_vacuum_insert_threshold = 5000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 1000,
  autovacuum_vacuum_cost_limit = 1000)`;

export const ledger = `
-- issue_id 0 holds the service mails. due_at is set only on rows that must be visited again (deferred, or given
-- back); the first pass goes by id, so that the usual moves touch no index.
CREATE SEQUENCE delivery_ids AS bigint CACHE 1;
CREATE TABLE deliveries (
  issue_id bigint NOT NULL,
  id bigint NOT NULL DEFAULT nextval('delivery_ids'),
  kind delivery_kind NOT NULL DEFAULT 'issue',
  -- 'issue': the address identity. Service mails: a unique key of their own.
  key text NOT NULL,
  newsletter_id bigint NOT NULL,
  subscriber_id bigint,
  subscription_id bigint,
  email text NOT NULL,
  lane text NOT NULL,
  state delivery_state NOT NULL DEFAULT 'planned',
  -- counts every mark; only the holder of the row's current number may move it
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
-- the feedback of running sends is counted, and it is rare
CREATE INDEX deliveries_feedback ON deliveries (issue_id, feedback) WHERE feedback IS NOT NULL;
CREATE TABLE deliveries_service PARTITION OF deliveries FOR VALUES FROM (0) TO (1) ${STORAGE(40)};
CREATE INDEX deliveries_service_subscriber ON deliveries_service (subscriber_id);
CREATE TABLE deliveries_1 PARTITION OF deliveries FOR VALUES FROM (1) TO (101) ${STORAGE(40)};

-- Every attempt that did not end in acceptance (an accepted one is the delivery's row itself).
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

-- Deliveries of erased people that were on the wire: anonymized as soon as they are settled.
CREATE TABLE pending_anonymizations (
  issue_id bigint NOT NULL,
  delivery_id bigint NOT NULL,
  -- the keyed hash that replaces the identity; null: a service mail, whose key identifies nobody
  key text,
  PRIMARY KEY (issue_id, delivery_id)
);

-- How many deliveries of an issue are in which state, by lane: the sum over the shards. Kept by a trigger in the very
-- statement that moves the rows, so that no act can forget it; sharded so that workers do not queue for one row.
CREATE TABLE tallies (
  issue_id bigint NOT NULL,
  shard smallint NOT NULL,
  lane text NOT NULL DEFAULT '',
  planned bigint NOT NULL DEFAULT 0,
  handing bigint NOT NULL DEFAULT 0,
  deferred bigint NOT NULL DEFAULT 0,
  accepted bigint NOT NULL DEFAULT 0,
  refused bigint NOT NULL DEFAULT 0,
  skipped bigint NOT NULL DEFAULT 0,
  unknown bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (issue_id, shard, lane)
) WITH (fillfactor = 50);

-- What remains of a compacted ledger. With the tallies it still adds up: a row leaves these as it enters those.
CREATE TABLE compacted_counts (
  issue_id bigint NOT NULL,
  lane text NOT NULL,
  state delivery_state NOT NULL,
  reason text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (issue_id, lane, state, reason)
);

-- How far the lanes of running sends were, every few seconds of the last minutes: rates are computed from it.
CREATE TABLE lane_samples (
  issue_id bigint NOT NULL,
  lane text NOT NULL,
  at timestamptz NOT NULL,
  settled bigint NOT NULL,
  PRIMARY KEY (issue_id, lane, at)
);
`;
