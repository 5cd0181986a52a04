import type { RelayProfile } from './profile.ts';

export const cloudflare: RelayProfile = {
  title: 'Cloudflare Email Service',
  hosts: /^smtp\.mx\.cloudflare\.net$/,
  headers: {},
  replaces: ['message-id', 'date'],
  // It counts recipients in a session, and we name one in each message.
  defaults: { messages: 50 },
  replyId: /^250 2\.0\.0 Ok <([^<>]+)>$/,
  answersLater: 'it drops a mail to an address on its own list without saying so',
  notes: [
    'it is for transactional mail by its own words',
    'Postrider does not read its events yet: look for bounces in its own pages',
  ],
};
