/**
 * What `postrider doctor` consists of. A check looks at one thing outside the code (a DNS record, a certificate, a
 * server's setting), changes nothing, and says what it expected, what it found, and what to change where. All run at the
 * same time, each within its own limit (`run-checks.ts`). Nothing that they say may contain a secret or a reader's
 * address.
 */
import type { DnsRecord } from '../dns/record.ts';
import type { Situation } from './situation.ts';

/** `error`: mail gets lost, or a promise does not hold. `warning`: it may. `note`: good to know, or could not be checked. */
export const LEVELS = ['ok', 'note', 'warning', 'error'] as const;
type Level = (typeof LEVELS)[number];

export interface Finding {
  level: Level;
  /** What it is about: a domain, a newsletter, a relay, a setting. */
  subject: string;
  expected: string;
  found: string;
  /** What to change, and where; null: nothing. */
  change: string | null;
  /** The DNS record to publish, ready to paste. */
  record: DnsRecord | null;
}

export interface Check {
  /** A stable name, e.g. `spf`. */
  name: string;
  /** How long it may take. */
  limitMs: number;
  /** Why the check makes no sense in this situation; null: it does. */
  pointless?(situation: Situation): string | null;
  run(situation: Situation): Promise<Finding[]>;
}

/** Thrown by whatever a check depends on: it could not be made, and this is why. Becomes a note. */
export class NotChecked extends Error {
  override name = 'NotChecked';
}

type Fault = Omit<Finding, 'level' | 'record' | 'change'> & { change: string; record?: DnsRecord | null };

export const ok = (subject: string, expected: string, found: string): Finding => ({
  level: 'ok',
  subject,
  expected,
  found,
  change: null,
  record: null,
});

export const note = (fault: Omit<Fault, 'change'> & { change?: string | null }): Finding => ({
  change: null,
  record: null,
  ...fault,
  level: 'note',
});

export const warning = (fault: Fault): Finding => ({ record: null, ...fault, level: 'warning' });

export const error = (fault: Fault): Finding => ({ record: null, ...fault, level: 'error' });
