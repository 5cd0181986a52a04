import type { RelayProfile } from './profile.ts';

export const m365: RelayProfile = {
  title: 'Microsoft 365',
  hosts: /^(smtp\.office365\.com|smtp-mail\.outlook\.com)$/,
  headers: {},
  // More are answered with `432 4.3.2 Concurrent connections limit exceeded`.
  defaults: { connections: 3 },
  replyId: /^250 2\.0\.0 OK <([^<>]+)>/,
  notes: [
    '30 mails a minute and 10,000 a day: set minute=30&day=10000',
    'it keeps each mail in Sent Items until the mailbox is full',
  ],
};
