/** Which secrets signed the links of mails that were sent, so that a start without one of them is noticed. */
export const linkKeys = {
  version: 15,
  name: 'link-keys',
  /** Only adds. */
  compatible: 13,
  sql: `
CREATE TABLE link_keys (
  kid text PRIMARY KEY,
  -- it signed from then on; -infinity: since before this table was there
  since timestamptz NOT NULL DEFAULT now(),
  -- null: it signs today
  until timestamptz,
  -- somebody said to go on without it
  forgotten_at timestamptz
);
CREATE INDEX suppressions_hash_only ON suppressions (hash_kid) WHERE lifted_at IS NULL AND identity IS NULL;
`,
} as const;
