/**
 * Relays and their limits: what an operator changed of SMTP_URL, how much went through each, which worker holds how
 * many of its connections; warm-up, quiet hours, and when a send pauses itself. Only adds: an older worker goes on
 * beside it, and keeps none of these limits.
 */
export const relays = {
  version: 4,
  name: 'relays',
  compatible: 1,
  sql: `
-- One row for every relay that a worker opened or an operator set. Null: as SMTP_URL says. The row is locked while
-- a window of a relay with limits is leased, and while a connection of one with a limit of them is opened.
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
  -- messages a day, one entry a stage; null: not warmed up, or warm
  warm_up int[],
  -- counted from 1
  warm_up_stage int NOT NULL DEFAULT 1,
  warm_up_since timestamptz,
  -- why it did not grow when its day was over
  warm_up_held text
) WITH (fillfactor = 50);

-- What was begun through a relay, in small buckets, so that a limit holds over any hour and not only over those of
-- the clock. Written when a window ends; what open windows may still begin counts as begun.
CREATE TABLE relay_counts (
  relay text NOT NULL,
  span text NOT NULL,          -- minute, hour, day: buckets of 1 s, 1 min, 15 min
  bucket timestamptz NOT NULL,
  begun int NOT NULL DEFAULT 0,
  refused int NOT NULL DEFAULT 0,
  throttled int NOT NULL DEFAULT 0,
  PRIMARY KEY (relay, span, bucket)
) WITH (fillfactor = 50);

-- How a worker stands with a relay. Gone with the worker.
CREATE TABLE relay_workers (
  relay text NOT NULL,
  worker_id bigint NOT NULL REFERENCES workers ON DELETE CASCADE,
  -- connections that it may have open
  seats int NOT NULL DEFAULT 0,
  down_since timestamptz,
  down_why text,
  PRIMARY KEY (relay, worker_id)
) WITH (fillfactor = 50);

-- Through which relay its deliveries go.
ALTER TABLE windows ADD COLUMN relay text;

ALTER TABLE newsletters
  -- local times, such as 22:00-07:00; null: none
  ADD COLUMN quiet text,
  -- whose clock counts: newsletter, or reader (where a time zone is known of them)
  ADD COLUMN quiet_zone text NOT NULL DEFAULT 'newsletter',
  -- a send pauses itself when more than this share (in percent; 0: never) was refused or bounced, or complained
  ADD COLUMN breaker real NOT NULL DEFAULT 10,
  ADD COLUMN breaker_complaints real NOT NULL DEFAULT 0.5,
  -- of at least so many
  ADD COLUMN breaker_sample int NOT NULL DEFAULT 200;

ALTER TABLE issues
  -- who confirmed last goes first, when all are planned
  ADD COLUMN recent_first boolean NOT NULL DEFAULT false,
  -- what a running send waits for, as a worker found it
  ADD COLUMN waits_for text,
  ADD COLUMN waits_until timestamptz,
  -- what a person knew of when they resumed: the breaker counts from there
  ADD COLUMN forgiven_judged bigint NOT NULL DEFAULT 0,
  ADD COLUMN forgiven_refused bigint NOT NULL DEFAULT 0,
  ADD COLUMN forgiven_complaints bigint NOT NULL DEFAULT 0;

-- Feedback of a running send is counted, and there is little of it.
CREATE INDEX deliveries_feedback ON deliveries (issue_id, feedback) WHERE feedback IS NOT NULL;
`,
} as const;
