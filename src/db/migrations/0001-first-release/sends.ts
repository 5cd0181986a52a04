/** Sends: what was ordered of an issue, and how far it has come. */
export const sends = `
-- One row from the order (now, or for a later moment) on; gone when the order is taken back, or a rehearsal reset.
-- Whoever changes it in a way that a move of the issue depends on holds the issue's row (issue/state.ts).
CREATE TABLE sends (
  issue_id bigint PRIMARY KEY REFERENCES issues ON DELETE CASCADE,
  -- the order: the newsletter's relays as they were then, one name, or several with weights
  route text,
  rehearsal boolean NOT NULL DEFAULT false,
  scheduled_at timestamptz,
  -- who confirms within this many seconds after plan_moment gets it too; null: nobody
  catch_up_seconds int,
  -- nobody is written to after it: news that is of no use then
  expires_at timestamptz,
  -- a correction: only to those whom that issue reached, and where asked to those of whom it is unknown
  reached_by bigint REFERENCES issues,
  reached_unknown boolean NOT NULL DEFAULT false,
  -- a canary: so many people (or this share of them) first, then the plan is on hold
  canary_size int CHECK (canary_size > 0),
  canary_percent real CHECK (canary_percent > 0 AND canary_percent < 100),
  -- for how long; null: until somebody resumes it
  canary_wait_seconds int,
  -- when all of the canary had an answer: the wait counts from here
  canary_settled_at timestamptz,
  canary_over boolean NOT NULL DEFAULT false,
  -- when it began, was worked on last (to the minute), and ended first
  sending_since timestamptz,
  served_at timestamptz,
  sent_at timestamptz,
  -- 'editor' or 'postrider'
  paused_by text,
  paused_at timestamptz,
  -- what it waits for, as a worker found it
  waits_for text,
  waits_until timestamptz,
  -- what a person knew of when they resumed: the auto-pause counts from there
  baseline_judged bigint NOT NULL DEFAULT 0,
  baseline_refused bigint NOT NULL DEFAULT 0,
  baseline_complaints bigint NOT NULL DEFAULT 0,
  -- the plan: who was confirmed by plan_moment and has a subscription id up to plan_high
  plan_moment timestamptz,
  plan_high bigint,
  plan_cursor bigint NOT NULL DEFAULT 0,
  plan_done boolean NOT NULL DEFAULT false,
  -- up to which subscription the close has looked for people whom the pages missed; null: they are not all written yet
  plan_closed_to bigint,
  -- the plan is not closed, and is not to be written on for now
  plan_on_hold boolean NOT NULL DEFAULT false,
  -- in a copy of the database: whoever is still to be planned may have been reached by the original
  plan_as_unknown boolean NOT NULL DEFAULT false,
  -- who confirmed last goes first, when all are planned
  recent_first boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);
`;
