import type { RelayProfile } from './profile.ts';

export const brevo: RelayProfile = {
  title: 'Brevo',
  hosts: /^smtp-relay\.(brevo|sendinblue)\.com$/,
  headers: { 'X-Mailin-custom': 'postrider:{{delivery}}' },
  replaces: ['message-id'],
  replyId: /queued as <?([^\s<>]+)>?$/,
  notes: ['it replaces a From whose domain is not authenticated there'],
};
