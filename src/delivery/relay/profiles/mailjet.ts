import type { RelayProfile } from './profile.ts';

export const mailjet: RelayProfile = {
  title: 'Mailjet',
  hosts: /^in(-v3)?\.mailjet\.com$/,
  headers: { 'X-MJ-CustomID': '{{delivery}}' },
  replaces: ['message-id'],
  notes: [
    'it adds List-Unsubscribe fields of its own, and who leaves there is on its list only',
    'Postrider does not read its events yet: look for bounces in its own pages',
  ],
};
