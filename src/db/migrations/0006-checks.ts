/**
 * Checks before sending: which law a newsletter keeps, and who sent an issue in spite of what. Only adds: an older
 * program asks for neither.
 */
export const checks = {
  version: 6,
  name: 'checks',
  compatible: 1,
  sql: `
-- 'us', 'ca', 'eu', 'cn'; empty: nobody said.
ALTER TABLE newsletters ADD COLUMN legal_profile text[] NOT NULL DEFAULT '{}'
  CHECK (legal_profile <@ ARRAY['us','ca','eu','cn']);

-- Acts that a person answers for. Rows are only ever added; they hold no reader's address.
CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  who text NOT NULL,
  act text NOT NULL,
  issue_id bigint REFERENCES issues,
  details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_of_issue ON audit_log (issue_id, id);
`,
};
