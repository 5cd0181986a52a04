/** Corrected editions for the archive: a mistake is mended on the web after the send, and the send stays as it was. */
export const corrections = {
  version: 17,
  name: 'corrections',
  /** Only adds; an older process shows the page as it was sent. */
  compatible: 13,
  sql: `
-- At most one an issue: a second correction replaces the first. No statement of a send reads it.
CREATE TABLE corrections (
  issue_id bigint PRIMARY KEY REFERENCES issues ON DELETE CASCADE,
  edition_id bigint NOT NULL REFERENCES editions,
  corrected_at timestamptz NOT NULL,
  -- what the editor says of it, shown on the page
  note text,
  -- of the corrected file, as the same columns of issues are of the file that was sent
  title text NOT NULL,
  source text NOT NULL,
  source_name text NOT NULL,
  media jsonb NOT NULL DEFAULT '{}'
);
`,
} as const;
