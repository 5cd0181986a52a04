import type { RelayProfile } from './profile.ts';

export const ses: RelayProfile = {
  title: 'Amazon SES',
  hosts: /^email-smtp(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/,
  // Letters, digits, _ and - only, at most 256 (AWS, MessageTag).
  headers: { 'X-SES-MESSAGE-TAGS': 'postrider={{delivery}}' },
  replaces: ['message-id', 'date'],
  // `451 4.4.2 Timeout waiting for data from client.` after some 10 s.
  idleMs: 8_000,
  replyId: /^250 Ok (\S+)$/,
  notes: ['its events carry our delivery id only with header.X-SES-CONFIGURATION-SET=NAME'],
};
