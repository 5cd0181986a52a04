/** Applies a relay's profile to what SMTP_URL says of it. What the operator says counts more. */
import { guessProfile, profileNames, profiles } from '../delivery/relay/profiles/profiles.ts';
import type { RelaySettings } from '../ports.ts';
import { oneOf } from './values.ts';

const NONE = 'none';

/** `said`: the options of the URL. Throws BadValue. */
export function applyProfile(relay: RelaySettings, said: ReadonlyMap<string, string>): void {
  const given = said.get('profile');
  const name = given === undefined ? guessProfile(relay.host) : oneOf([...profileNames, NONE])(given);
  if (name === null || name === NONE) return;
  const { headers, replaces = [], defaults = {}, idleMs } = profiles[name]!;
  relay.profile = { name, guessed: given === undefined };
  relay.headers = withOwn(headers, relay.headers);
  if (!said.has('unsigned')) relay.unsigned = replaces;
  for (const [term, value] of Object.entries(defaults))
    if (!said.has(term)) Object.assign(relay, { [term]: value });
  if (idleMs !== undefined && !said.has('idle')) relay.idleMs = idleMs;
}

/** A field that the operator sets takes the place of the profile's, in whatever case it is written. */
function withOwn(
  profile: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const set = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const left = Object.entries(profile).filter(([name]) => !set.has(name.toLowerCase()));
  return { ...Object.fromEntries(left), ...own };
}
