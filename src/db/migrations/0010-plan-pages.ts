/** The close of a plan goes by pages, too: whoever leaves waits for one page of it, not for all who are subscribed. */
export const planPages = {
  version: 10,
  name: 'plan-pages',
  /** Only adds: an older worker closes a plan in one go, from wherever this one stands. */
  compatible: 1,
  sql: `
-- up to which subscription the close has looked for people whom the pages missed; null: they are not all written yet
ALTER TABLE issues ADD COLUMN plan_closed_to bigint;
`,
} as const;
