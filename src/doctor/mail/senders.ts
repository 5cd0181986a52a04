/** The newsletters as receivers judge them: domain of From, return path, and the relays that their mail leaves by. */
import { domainToASCII } from 'node:url';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { relaysOf } from '../../ledger/relays/route.ts';
import type { Relay } from '../../ports.ts';
import { NotChecked } from '../check/check.ts';
import { realRelays, type Situation } from '../check/situation.ts';

export interface Sender {
  newsletter: Newsletter;
  /** The domain of From. */
  domain: string;
  /** The domain of the return path, by which receivers ask for SPF. */
  returnDomain: string;
  relays: readonly Relay[];
}

/** Throws NotChecked when there is no newsletter or no relay. */
export async function sendersOf(situation: Situation): Promise<Sender[]> {
  const newsletters = await situation.newsletters();
  if (newsletters.length === 0)
    throw new NotChecked('there is no newsletter yet (postrider newsletter create)');
  const relays = realRelays(situation);
  if (relays.length === 0) throw new NotChecked('there is no relay (set SMTP_URL)');
  return newsletters.map((newsletter) => {
    const domain = domainOf(newsletter.from.address);
    return {
      newsletter,
      domain,
      returnDomain: situation.settings.bounceDomain ?? domain,
      relays: relaysFor(relays, newsletter),
    };
  });
}

/** In its ASCII form, as the DNS has it. */
export const domainOf = (address: string): string =>
  domainToASCII(address.slice(address.lastIndexOf('@') + 1));

/** Those that its issues and its service mails may go through, as the router of `delivery` chooses them. */
function relaysFor(relays: readonly Relay[], { relay: route }: Newsletter): Relay[] {
  const named = route === null ? null : relaysOf(route);
  const issues = named
    ? relays.filter(({ settings }) => named.includes(settings.name))
    : meantFor(relays, 'issues');
  return [...new Set([...issues, ...meantFor(relays, 'service')])];
}

function meantFor(relays: readonly Relay[], purpose: 'issues' | 'service'): Relay[] {
  const meant = relays.filter(({ settings }) => settings.for === purpose);
  return meant.length > 0 ? meant : relays.filter(({ settings }) => settings.for === 'all').slice(0, 1);
}

/** Things by what they have in common, in order of appearance. */
export function groupBy<T>(things: readonly T[], keyOf: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) groups.set(keyOf(thing), [...(groups.get(keyOf(thing)) ?? []), thing]);
  return groups;
}

/** `newsletter weekly`, `newsletters weekly, daily` */
export function namesOf(senders: readonly Sender[]): string {
  const slugs = senders.map(({ newsletter }) => newsletter.slug);
  return `${slugs.length === 1 ? 'newsletter' : 'newsletters'} ${slugs.join(', ')}`;
}
