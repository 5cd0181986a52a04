/** A relay by the name that a person gave. */

import type { Program } from '../../bootstrap.ts';
import { Refused } from '../../errors.ts';
import type { Relay } from '../../ports.ts';

/** Throws Refused('unknown-relay') that names those there are. */
export function findRelay(program: Program, name: string): Relay {
  const found = program.relays.find((relay) => relay.settings.name === name);
  if (found) return found;
  const names = program.relays.map((relay) => `"${relay.settings.name}"`).join(', ');
  throw new Refused('unknown-relay', `there is no relay "${name}"; SMTP_URL names ${names || 'none'}`);
}
