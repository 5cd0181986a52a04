/** What a newsletter tells strangers on the page where they subscribe. */
export const subscribePage = {
  version: 19,
  name: 'subscribe page',
  /** Only adds; an older process shows the page without. */
  compatible: 13,
  sql: `
ALTER TABLE newsletters ADD COLUMN description text, ADD COLUMN frequency text, ADD COLUMN privacy_url text;
`,
} as const;
