/** What a relay may be asked to take, before anybody sets limits to it. */
import type { RelayTerms } from './ports.ts';

export const unlimited: RelayTerms = {
  rate: 0,
  minute: 0,
  hour: 0,
  day: 0,
  connections: 0,
  messages: 0,
  weight: 1,
  direct: false,
};
