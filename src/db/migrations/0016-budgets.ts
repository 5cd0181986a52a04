/** Budgets of confirmations for a mailbox, however its address is written, for wider networks, and for a newsletter. */
export const budgets = {
  version: 16,
  name: 'budgets',
  /** Only adds; what an older process asks for counts in the budgets it knows. */
  compatible: 13,
  sql: `
ALTER TABLE confirmation_asks ADD COLUMN mailbox text, ADD COLUMN wide_network text;
UPDATE confirmation_asks SET mailbox = identity;
CREATE INDEX confirmation_asks_mailbox ON confirmation_asks (mailbox, at);
CREATE INDEX confirmation_asks_wide ON confirmation_asks (wide_network, at) WHERE wide_network IS NOT NULL;
CREATE INDEX confirmation_asks_newsletter ON confirmation_asks (newsletter_id, at);
`,
} as const;
