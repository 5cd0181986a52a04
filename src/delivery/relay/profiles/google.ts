import type { RelayProfile } from './profile.ts';

export const google: RelayProfile = {
  title: 'Gmail and Google Workspace',
  hosts: /^smtp(-relay)?\.(gmail|googlemail|google)\.com$/,
  headers: {},
  replyId: /^250 2\.0\.0 OK\s+\d*\s*(\S+).* - gsmtp$/,
  notes: ['an account is not meant for lists: 500 mails a day, with Workspace 2,000'],
};
