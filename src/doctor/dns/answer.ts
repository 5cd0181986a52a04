/** The DNS as the checks see it: "no such name", "no such record" and "no answer" are different findings. */

export type Answer<T> =
  | { kind: 'found'; records: readonly T[] }
  /** The name exists, without records of this type (NODATA). */
  | { kind: 'nothing' }
  /** NXDOMAIN */
  | { kind: 'no-name' }
  /** SERVFAIL, REFUSED, or no answer in time. */
  | { kind: 'failed'; why: string };

export interface Exchange {
  priority: number;
  /** In lower case; empty for the null MX (RFC 7505). */
  host: string;
}

export interface Dns {
  /** The strings of each record joined. */
  txt(name: string): Promise<Answer<string>>;
  /** Most preferred first. */
  mx(name: string): Promise<Answer<Exchange>>;
  /** IPv4 and IPv6. */
  addresses(name: string): Promise<Answer<string>>;
  /** The names that an address points back to. */
  names(address: string): Promise<Answer<string>>;
  cname(name: string): Promise<Answer<string>>;
}

export const recordsOf = <T>(answer: Answer<T>): readonly T[] =>
  answer.kind === 'found' ? answer.records : [];

/** RFC 7208 4.6.4: an answer without records. */
export const isVoid = ({ kind }: Answer<unknown>): boolean => kind === 'nothing' || kind === 'no-name';

/** `no such name (NXDOMAIN)`, for a finding. */
export function absence(answer: Answer<unknown>, type: string): string {
  switch (answer.kind) {
    case 'found':
      return `${answer.records.length} ${type} records`;
    case 'nothing':
      return `no ${type} record`;
    case 'no-name':
      return 'no such name in the DNS (NXDOMAIN)';
    case 'failed':
      return `no answer from the DNS (${answer.why})`;
  }
}
