import type { RelayProfile } from './profile.ts';

export const sparkpost: RelayProfile = {
  title: 'SparkPost',
  hosts: /^smtp(\.eu)?\.sparkpostmail\.com$/,
  headers: { 'X-MSYS-API': '{"metadata":{"postrider":"{{delivery}}"}}' },
  defaults: { messages: 100 },
  idleMs: 50_000,
  answersLater: 'it checks a mail after it has taken it, and reports what it refuses as an event',
  notes: ['Postrider does not read its events yet: look for bounces in its own pages'],
};
