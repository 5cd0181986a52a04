/** Service mails beyond the confirmation. */
export const subscribing = `
-- of a mail of kind notice: which one, and the row that it is about (its links name it)
ALTER TABLE deliveries ADD COLUMN notice text, ADD COLUMN about bigint;
`;
