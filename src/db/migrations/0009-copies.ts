/** Plans that a dump has cut in two: what the original planned and sent after it, a copy cannot know. */
export const copies = {
  version: 9,
  name: 'copies',
  /** An older worker would plan the rest of such a send as if nobody of it had been reached. */
  compatible: 9,
  sql: `
-- in a copy of the database: whoever is still to be planned may have been reached by the original
ALTER TABLE issues ADD COLUMN plan_doubtful boolean NOT NULL DEFAULT false;
`,
} as const;
