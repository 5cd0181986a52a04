/** Sends: what was ordered of an issue, and how far it has come. */
export const sends = `
-- One row per ordered send (immediate or scheduled); deleted when the order is withdrawn, or a rehearsal reset.
-- To change it in a way that a move of the issue depends on, hold the lock on the issue's row (issue/state.ts).
CREATE TABLE sends (
  issue_id bigint PRIMARY KEY REFERENCES issues ON DELETE CASCADE,
  -- the order: the newsletter's relays at that time, one name, or several with weights
  route text,
  rehearsal boolean NOT NULL DEFAULT false,
  scheduled_at timestamptz,
  -- people who confirm within this many seconds after plan_moment get it too; null: no catch-up
  catch_up_seconds int,
  -- nothing is sent after this: the news would be of no use by then
  expires_at timestamptz,
  -- a correction: only for people whom that issue reached and, if wanted, those for whom the outcome is unknown
  reached_by bigint REFERENCES issues,
  reached_unknown boolean NOT NULL DEFAULT false,
  -- a canary: this many people (or this percentage) get it first, then the plan is on hold
  canary_size int CHECK (canary_size > 0),
  canary_percent real CHECK (canary_percent > 0 AND canary_percent < 100),
  -- how long the plan is on hold; null: until somebody resumes the send
  canary_wait_seconds int,
  -- when every delivery of the canary had been tried: the wait counts from here
  canary_settled_at timestamptz,
  canary_over boolean NOT NULL DEFAULT false,
  -- when it began, when a worker last served it (to the minute), and when it first ended
  sending_since timestamptz,
  served_at timestamptz,
  sent_at timestamptz,
  -- 'editor' or 'postrider'
  paused_by text,
  paused_at timestamptz,
  -- what it waits for, as reported by a worker
  waits_for text,
  waits_until timestamptz,
  -- counts that a person knew of when they resumed: the auto-pause counts from there
  baseline_judged bigint NOT NULL DEFAULT 0,
  baseline_refused bigint NOT NULL DEFAULT 0,
  baseline_complaints bigint NOT NULL DEFAULT 0,
  -- the plan: people who were confirmed by plan_moment and have a subscription id up to plan_high
  plan_moment timestamptz,
  plan_high bigint,
  plan_cursor bigint NOT NULL DEFAULT 0,
  plan_done boolean NOT NULL DEFAULT false,
  -- how far the closing pass has looked for people whom the pages missed; null: not all pages are written yet
  plan_closed_to bigint,
  -- the plan is not closed, but no further pages may be written for now
  plan_on_hold boolean NOT NULL DEFAULT false,
  -- in a copy of the database: people still to be planned may have been reached by the original
  plan_as_unknown boolean NOT NULL DEFAULT false,
  -- once all are planned, the most recently confirmed go first
  recent_first boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);
`;
