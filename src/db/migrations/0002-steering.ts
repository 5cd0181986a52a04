/**
 * Steering and the ledger's tools: counts per lane, canaries, corrections, and ledgers thinned to counts.
 *
 * The tallies get the lane, so that a send's progress is known lane by lane without reading its rows. They are
 * counted anew once here; the triggers keep them from then on, for the programs of both releases.
 */
export const steering = {
  version: 2,
  name: 'steering',
  /** An older worker would plan a canary whole, and a correction for everybody. */
  compatible: 2,
  sql: `
-- days after the end of a send until its ledger is thinned to counts; null: never
ALTER TABLE newsletters ADD COLUMN keep_ledger_days int DEFAULT 400 CHECK (keep_ledger_days > 0);

ALTER TABLE issues
  -- a canary: so many people (or this share of them) first, then the plan rests
  ADD COLUMN canary_size int CHECK (canary_size > 0),
  ADD COLUMN canary_percent real CHECK (canary_percent > 0 AND canary_percent < 100),
  -- how long it rests; null: until somebody resumes it
  ADD COLUMN canary_wait_seconds int,
  -- when all of the canary had an answer: the wait counts from here
  ADD COLUMN canary_settled_at timestamptz,
  ADD COLUMN canary_over boolean NOT NULL DEFAULT false,
  -- the plan is not closed, and is not to be written on for now
  ADD COLUMN plan_rests boolean NOT NULL DEFAULT false,
  -- a correction: only to those whom that issue reached, and where asked to those of whom it is in doubt
  ADD COLUMN reached_by bigint REFERENCES issues,
  ADD COLUMN reached_unknown boolean NOT NULL DEFAULT false,
  -- its ledger is being thinned (some of its rows may be gone), and is thinned (all of them are)
  ADD COLUMN thinning_since timestamptz,
  ADD COLUMN thinned_at timestamptz,
  -- without its rows nothing would keep an issue from reaching people twice: it has ended for good
  ADD CONSTRAINT thinned_is_final CHECK (thinning_since IS NULL OR state IN ('sent', 'cancelled'));
CREATE INDEX issues_ledgers ON issues (newsletter_id, sent_at) WHERE thinned_at IS NULL AND state IN ('sent', 'cancelled');

-- What is left of a thinned ledger. With the tallies it still adds up: a row leaves these as it enters those.
CREATE TABLE thinned_counts (
  issue_id bigint NOT NULL,
  lane text NOT NULL,
  state delivery_state NOT NULL,
  reason text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (issue_id, lane, state, reason)
);

-- How far the lanes of running sends were, every few seconds of the last minutes: what a rate is told from.
CREATE TABLE lane_samples (
  issue_id bigint NOT NULL,
  lane text NOT NULL,
  at timestamptz NOT NULL,
  settled bigint NOT NULL,
  PRIMARY KEY (issue_id, lane, at)
);

LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE;
TRUNCATE tallies;
ALTER TABLE tallies ADD COLUMN lane text NOT NULL DEFAULT '', DROP CONSTRAINT tallies_pkey,
  ADD PRIMARY KEY (issue_id, shard, lane);
INSERT INTO tallies (issue_id, shard, lane, planned, handing, deferred, accepted, refused, skipped, unknown)
SELECT issue_id, 0, lane,
  count(*) FILTER (WHERE state = 'planned'), count(*) FILTER (WHERE state = 'handing'),
  count(*) FILTER (WHERE state = 'deferred'), count(*) FILTER (WHERE state = 'accepted'),
  count(*) FILTER (WHERE state = 'refused'), count(*) FILTER (WHERE state = 'skipped'),
  count(*) FILTER (WHERE state = 'unknown')
FROM deliveries GROUP BY issue_id, lane;

CREATE OR REPLACE FUNCTION tally_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tallies AS t (issue_id, shard, lane, planned, handing, deferred, accepted, refused, skipped, unknown)
  SELECT issue_id, pg_backend_pid() % 64, lane,
    count(*) FILTER (WHERE state = 'planned'), count(*) FILTER (WHERE state = 'handing'),
    count(*) FILTER (WHERE state = 'deferred'), count(*) FILTER (WHERE state = 'accepted'),
    count(*) FILTER (WHERE state = 'refused'), count(*) FILTER (WHERE state = 'skipped'),
    count(*) FILTER (WHERE state = 'unknown')
  FROM new_rows
  GROUP BY issue_id, lane ORDER BY issue_id, lane
  ON CONFLICT (issue_id, shard, lane) DO UPDATE SET
    planned = t.planned + excluded.planned, handing = t.handing + excluded.handing,
    deferred = t.deferred + excluded.deferred, accepted = t.accepted + excluded.accepted,
    refused = t.refused + excluded.refused, skipped = t.skipped + excluded.skipped,
    unknown = t.unknown + excluded.unknown;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tallies AS t (issue_id, shard, lane, planned, handing, deferred, accepted, refused, skipped, unknown)
  SELECT issue_id, pg_backend_pid() % 64, lane,
    coalesce(sum(n) FILTER (WHERE state = 'planned'), 0), coalesce(sum(n) FILTER (WHERE state = 'handing'), 0),
    coalesce(sum(n) FILTER (WHERE state = 'deferred'), 0), coalesce(sum(n) FILTER (WHERE state = 'accepted'), 0),
    coalesce(sum(n) FILTER (WHERE state = 'refused'), 0), coalesce(sum(n) FILTER (WHERE state = 'skipped'), 0),
    coalesce(sum(n) FILTER (WHERE state = 'unknown'), 0)
  FROM (SELECT issue_id, lane, state, 1 AS n FROM new_rows UNION ALL SELECT issue_id, lane, state, -1 FROM old_rows) moves
  GROUP BY issue_id, lane ORDER BY issue_id, lane
  ON CONFLICT (issue_id, shard, lane) DO UPDATE SET
    planned = t.planned + excluded.planned, handing = t.handing + excluded.handing,
    deferred = t.deferred + excluded.deferred, accepted = t.accepted + excluded.accepted,
    refused = t.refused + excluded.refused, skipped = t.skipped + excluded.skipped,
    unknown = t.unknown + excluded.unknown;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tallies AS t (issue_id, shard, lane, planned, handing, deferred, accepted, refused, skipped, unknown)
  SELECT issue_id, pg_backend_pid() % 64, lane,
    -count(*) FILTER (WHERE state = 'planned'), -count(*) FILTER (WHERE state = 'handing'),
    -count(*) FILTER (WHERE state = 'deferred'), -count(*) FILTER (WHERE state = 'accepted'),
    -count(*) FILTER (WHERE state = 'refused'), -count(*) FILTER (WHERE state = 'skipped'),
    -count(*) FILTER (WHERE state = 'unknown')
  FROM old_rows
  GROUP BY issue_id, lane ORDER BY issue_id, lane
  ON CONFLICT (issue_id, shard, lane) DO UPDATE SET
    planned = t.planned + excluded.planned, handing = t.handing + excluded.handing,
    deferred = t.deferred + excluded.deferred, accepted = t.accepted + excluded.accepted,
    refused = t.refused + excluded.refused, skipped = t.skipped + excluded.skipped,
    unknown = t.unknown + excluded.unknown;
  RETURN NULL;
END $$;
`,
} as const;
