/** Finds a relay by its name. */

import type { Program } from '../../bootstrap.ts';
import { Refused } from '../../errors.ts';
import type { Relay } from '../../ports.ts';

/** Throws Refused('unknown-relay') with the names of all relays. */
export function findRelay(program: Program, name: string): Relay {
  const found = program.relays.find((relay) => relay.settings.name === name);
  if (found) return found;
  const names = program.relays.map((relay) => `"${relay.settings.name}"`).join(', ');
  throw new Refused('unknown-relay', `there is no relay "${name}"; SMTP_URL names ${names || 'none'}`);
}
