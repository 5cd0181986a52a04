/** Where links to other pages of a site lead: found out at the import, as the files are not there at the send. */
export const siteLinks = {
  version: 18,
  name: 'site links',
  /** Only adds; an older process imports such links as errors, as before. */
  compatible: 13,
  sql: `
ALTER TABLE issues ADD COLUMN links jsonb NOT NULL DEFAULT '{}';
`,
} as const;
