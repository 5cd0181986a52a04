import type { RelayProfile } from './profile.ts';

export const smtp2go: RelayProfile = {
  title: 'SMTP2GO',
  hosts: /^mail(-[a-z]+)?\.smtp2go\.com$/,
  // X-Postrider-Id may be chosen in its webhook.
  headers: {},
  answersLater: 'over the limits of a new or free account it takes a mail and holds it',
  notes: ['Postrider does not read its events yet: look for bounces in its own pages'],
};
