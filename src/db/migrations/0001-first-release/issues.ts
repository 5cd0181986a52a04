/** Issues: what editors write, and the frozen editions of it that are sent and shown. */
export const issues = `
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
  -- links to other pages of a site, as written -> where they lead: resolved at the import, while the files are there
  links jsonb NOT NULL DEFAULT '{}',
  edition_id bigint REFERENCES editions,
  -- paused / cancelled: why, and by whom ('editor' or 'postrider')
  reason text,
  paused_by text,
  paused_at timestamptz,
  -- as the newsletter said when the send began: one name, or several with weights
  relay text,
  -- who confirmed last goes first, when all are planned
  recent_first boolean NOT NULL DEFAULT false,
  -- what a running send waits for, as a worker found it
  waits_for text,
  waits_until timestamptz,
  -- what a person knew of when they resumed: the auto-pause counts from there
  baseline_judged bigint NOT NULL DEFAULT 0,
  baseline_refused bigint NOT NULL DEFAULT 0,
  baseline_complaints bigint NOT NULL DEFAULT 0,
  rehearsal boolean NOT NULL DEFAULT false,
  scheduled_at timestamptz,
  -- who confirms within this many seconds after plan_moment gets it too; null: nobody
  catch_up_seconds int,
  -- nobody is written to after it: news that is of no use then
  expires_at timestamptz,
  sending_since timestamptz,
  served_at timestamptz,
  sent_at timestamptz,
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
  -- a canary: so many people (or this share of them) first, then the plan is on hold
  canary_size int CHECK (canary_size > 0),
  canary_percent real CHECK (canary_percent > 0 AND canary_percent < 100),
  -- for how long; null: until somebody resumes it
  canary_wait_seconds int,
  -- when all of the canary had an answer: the wait counts from here
  canary_settled_at timestamptz,
  canary_over boolean NOT NULL DEFAULT false,
  -- a correction: only to those whom that issue reached, and where asked to those of whom it is unknown
  reached_by bigint REFERENCES issues,
  reached_unknown boolean NOT NULL DEFAULT false,
  -- its ledger is being compacted (some of its rows may be gone), and is compacted (all of them are)
  compacting_since timestamptz,
  compacted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (newsletter_id, slug),
  -- without its rows nothing would keep an issue from reaching people twice: it has ended for good
  CONSTRAINT compacted_is_final CHECK (compacting_since IS NULL OR state IN ('sent', 'cancelled'))
);
CREATE INDEX issues_running ON issues (state) WHERE state IN ('scheduled','sending','paused');
CREATE INDEX issues_cancelled ON issues (newsletter_id) WHERE state = 'cancelled';
CREATE INDEX issues_ledgers ON issues (newsletter_id, sent_at) WHERE compacted_at IS NULL AND state IN ('sent', 'cancelled');

-- A corrected edition for the archive only; no statement of a send reads it. At most one an issue: a second
-- correction replaces the first.
CREATE TABLE corrections (
  issue_id bigint PRIMARY KEY REFERENCES issues ON DELETE CASCADE,
  edition_id bigint NOT NULL REFERENCES editions,
  corrected_at timestamptz NOT NULL,
  -- the editor's note, shown on the page
  note text,
  -- of the corrected file, as the same columns of issues are of the file that was sent
  title text NOT NULL,
  source text NOT NULL,
  source_name text NOT NULL,
  media jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE media (
  hash text PRIMARY KEY,       -- SHA-256 hex
  type text NOT NULL,
  bytes bytea NOT NULL,
  width int,
  height int,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- What people did on their own responsibility, such as sending in spite of a check. Rows are only ever added; they
-- hold no reader's address.
CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  who text NOT NULL,
  act text NOT NULL,
  issue_id bigint REFERENCES issues,
  details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_of_issue ON audit_log (issue_id, id);
`;
