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
  -- why it is paused or cancelled: a code that the program decides by, and a detail for people
  reason_code text,
  reason_detail text,
  -- its ledger is being compacted (some of its rows may be gone), and is compacted (all of them are)
  compacting_since timestamptz,
  compacted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (newsletter_id, slug),
  -- an issue without its rows could reach people twice, so it must have ended for good
  CONSTRAINT compacted_is_final CHECK (compacting_since IS NULL OR state IN ('sent', 'cancelled'))
);
CREATE INDEX issues_running ON issues (state) WHERE state IN ('scheduled','sending','paused');
CREATE INDEX issues_cancelled ON issues (newsletter_id) WHERE state = 'cancelled';
CREATE INDEX issues_ledgers ON issues (newsletter_id) WHERE compacted_at IS NULL AND state IN ('sent', 'cancelled');

-- A corrected edition for the archive only; no statement of a send reads it. At most one an issue: a second
-- correction replaces the first.
CREATE TABLE corrections (
  issue_id bigint PRIMARY KEY REFERENCES issues ON DELETE CASCADE,
  edition_id bigint NOT NULL REFERENCES editions,
  corrected_at timestamptz NOT NULL,
  -- the editor's note, shown on the page
  note text,
  -- from the corrected file; the columns of the same names in issues come from the file that was sent
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
