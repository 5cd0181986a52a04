/** Service mails beyond the confirmation, and what a consent record says. */
import { unsubscribe } from '../../functions/unsubscribe.ts';

export const subscribing = `
-- of a mail of kind notice: which one, and the row that it is about (its links name it)
ALTER TABLE deliveries ADD COLUMN notice text, ADD COLUMN about bigint;

-- ip stays for records that 0.1.0 wrote, until their retention ends
ALTER TABLE consent_records ADD COLUMN ip_hash bytea, ADD COLUMN page text;
${unsubscribe}
`;
