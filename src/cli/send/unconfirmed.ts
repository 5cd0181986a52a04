/** Says what `accepted` is worth at relays whose 250 is no acceptance. */
import type { Program } from '../../bootstrap.ts';
import { profileOf } from '../../delivery/relay/profiles/profiles.ts';
import { countUnconfirmed } from '../../ledger/feedback/unconfirmed.ts';

/** Accepted deliveries that no event has confirmed yet, and why that matters at their relay. */
export interface Unconfirmed {
  count: number;
  relays: { relay: string; why: string }[];
}

/** Relays whose 250 is no acceptance, with the reason. */
function relaysThatAnswerLater({ relays }: Pick<Program, 'relays'>): Unconfirmed['relays'] {
  return relays.flatMap(({ settings }) => {
    const why = profileOf(settings)?.answersLater;
    return why === undefined ? [] : [{ relay: settings.name, why }];
  });
}

/** Null where every relay's 250 is an acceptance. */
export async function unconfirmedOf(program: Program, issueId: number): Promise<Unconfirmed | null> {
  const relays = relaysThatAnswerLater(program);
  if (relays.length === 0) return null;
  const names = relays.map(({ relay }) => relay);
  return { count: await countUnconfirmed(program.db, issueId, names), relays };
}

export const unconfirmedFacts = (unconfirmed: Unconfirmed | null): [string, string][] =>
  unconfirmed === null || unconfirmed.count === 0
    ? []
    : unconfirmed.relays.map(({ relay, why }, at) => [
        at === 0 ? 'unconfirmed' : '',
        at === 0 ? `${unconfirmed.count} of the accepted; relay ${relay}: ${why}` : `relay ${relay}: ${why}`,
      ]);
