/** News that is of no use after some moment: whoever was not reached by then is skipped. */
export const expires = {
  version: 12,
  name: 'expires',
  /** An older worker would go on after that moment. */
  compatible: 12,
  sql: `
ALTER TABLE issues ADD COLUMN expires_at timestamptz;
`,
} as const;
