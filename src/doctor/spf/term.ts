/** The grammar of an SPF record (RFC 7208 4.6 and 5): text to terms. */
import { isIP } from 'node:net';

type Mechanism = 'all' | 'include' | 'a' | 'mx' | 'ptr' | 'ip4' | 'ip6' | 'exists';
export type Qualifier = '+' | '-' | '~' | '?';

export interface Term {
  text: string;
  qualifier: Qualifier;
  mechanism: Mechanism;
  /** After the colon, macros not expanded; null: the current domain. For ip4 and ip6 the address. */
  value: string | null;
  /** Prefix lengths for IPv4 and IPv6. */
  prefix4: number;
  prefix6: number;
}

export interface SpfRecord {
  text: string;
  terms: readonly Term[];
  redirect: string | null;
  /** Terms that are no SPF; one of them makes the whole record void (permerror). */
  faults: readonly string[];
}

/** RFC 7208 4.5: `v=spf1` alone or followed by a blank. */
export const isSpf = (text: string): boolean => /^v=spf1(?: |$)/i.test(text);

export function parseSpf(text: string): SpfRecord {
  const terms: Term[] = [];
  const faults: string[] = [];
  const redirects: string[] = [];
  for (const part of text.split(' ').slice(1).filter(Boolean)) {
    const [, name, value = ''] = /^([a-z][\w.-]*)=(.*)$/i.exec(part) ?? [];
    if (name?.toLowerCase() === 'redirect') redirects.push(value);
    if (name !== undefined) continue;
    const term = readTerm(part);
    if (term) terms.push(term);
    else faults.push(part);
  }
  if (redirects.length > 1) faults.push('redirect= more than once');
  return { text, terms, redirect: redirects[0] ?? null, faults };
}

const TERM =
  /^([-+~?]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?::([^/\s]+(?:\/(?!\/?\d+(?:\/|$))[^/\s]*)*))?(?:\/(\d{1,2}))?(?:\/\/(\d{1,3}))?$/i;
const IP6 = /^([-+~?]?)ip6:([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i;

function readTerm(text: string): Term | null {
  const [, sign6, address6, length6] = IP6.exec(text) ?? [];
  if (address6 !== undefined)
    return checked({
      text,
      ...kind(sign6, 'ip6'),
      value: address6,
      prefix4: 32,
      prefix6: Number(length6 ?? 128),
    });
  const [, sign, name = '', value = null, length4, more6] = TERM.exec(text) ?? [];
  const mechanism = name.toLowerCase() as Mechanism;
  if (name === '' || mechanism === 'ip6') return null;
  const hasPrefix = length4 !== undefined || more6 !== undefined;
  if (hasPrefix && !['a', 'mx', 'ip4'].includes(mechanism)) return null;
  return checked({
    text,
    ...kind(sign, mechanism),
    value,
    prefix4: Number(length4 ?? 32),
    prefix6: Number(more6 ?? 128),
  });
}

const kind = (sign: string | undefined, mechanism: Mechanism) =>
  ({ qualifier: (sign || '+') as Qualifier, mechanism }) as const;

function checked(term: Term): Term | null {
  const { mechanism, value, prefix4, prefix6 } = term;
  if (prefix4 > 32 || prefix6 > 128) return null;
  if (mechanism === 'all') return value === null ? term : null;
  if (mechanism === 'include' || mechanism === 'exists') return value === null ? null : term;
  if (mechanism === 'ip4') return isIP(value ?? '') === 4 ? term : null;
  if (mechanism === 'ip6') return isIP(value ?? '') === 6 ? term : null;
  return term;
}
