import type { RelayProfile } from './profile.ts';

export const mailgun: RelayProfile = {
  title: 'Mailgun',
  hosts: /^smtp(\.eu)?\.mailgun\.org$/,
  headers: { 'X-Mailgun-Variables': '{"postrider":"{{delivery}}"}' },
  // `250 Great success`: its reply names no id.
};
