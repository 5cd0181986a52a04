/**
 * Reads a domain's SPF record with everything that it includes. Receivers stop at the first mechanism that matches; we
 * read all of them, since for some sender each is reached. That is bounded, however badly the records are made.
 */
import { type Answer, absence, type Dns, isVoid, recordsOf } from '../dns/answer.ts';
import { expandMacros } from './macro.ts';
import { isSpf, parseSpf, type SpfRecord, type Term } from './term.ts';

export interface SpfNode {
  domain: string;
  /** Null: there is none that can be used, and `problem` says why. */
  record: SpfRecord | null;
  /** What receivers make of it: none, a permanent or a temporary error. */
  problem: { kind: 'none' | 'permanent' | 'temporary'; text: string } | null;
  branches: readonly Branch[];
  redirect: SpfNode | null;
}

/** One mechanism, with what the DNS says to it. */
export interface Branch {
  term: Term;
  /** Of `include`. */
  node: SpfNode | null;
  /** Of `a` and `mx`: addresses. Of `exists`: not empty where it exists. */
  addresses: readonly string[];
  /** Another fault of this mechanism: an MX with more than ten hosts, a DNS that does not answer. */
  problem: SpfNode['problem'];
}

export interface SpfTree {
  root: SpfNode;
  /** Mechanisms that need the DNS; receivers stop with an error after ten (RFC 7208 4.6.4). */
  lookups: number;
  /** Lookups that found nothing; receivers stop with an error after two. */
  voids: readonly string[];
  /** Domains that include themselves, as the path that shows it. */
  loops: readonly string[];
}

export const MAX_LOOKUPS = 10;
export const MAX_VOIDS = 2;
/** RFC 7208 4.6.4: more names than this are an error (mx). */
const MAX_MX_HOSTS = 10;
/** We count on beyond the limit, to say how much too many it is, but not for ever. */
const MAX_READ = 60;

export interface SpfQuestion {
  domain: string;
  /** Stands for the sender and the sending server in macros. */
  sender: string;
  address: string;
}

export function readSpf(dns: Dns, question: SpfQuestion): Promise<SpfTree> {
  return new TreeReader(dns, question).read();
}

class TreeReader {
  #lookups = 0;
  readonly #voids: string[] = [];
  readonly #loops: string[] = [];
  readonly #dns: Dns;
  readonly #question: SpfQuestion;

  constructor(dns: Dns, question: SpfQuestion) {
    this.#dns = dns;
    this.#question = question;
  }

  async read(): Promise<SpfTree> {
    const root = await this.#node(this.#question.domain, []);
    return { root, lookups: this.#lookups, voids: this.#voids, loops: this.#loops };
  }

  async #node(domain: string, above: readonly string[]): Promise<SpfNode> {
    const path = [...above, domain];
    const without = (problem: SpfNode['problem']): SpfNode => ({
      domain,
      record: null,
      problem,
      branches: [],
      redirect: null,
    });
    if (above.includes(domain)) {
      this.#loops.push(path.join(' -> '));
      return without({ kind: 'permanent', text: `${domain} includes itself` });
    }
    const answer = await this.#dns.txt(domain);
    if (above.length > 0) this.#count(answer, domain);
    const found = pickRecord(domain, answer);
    if (found.record === null) return without(found.problem);
    const branches: Branch[] = [];
    for (const term of found.record.terms) branches.push(await this.#branch(term, path));
    const { redirect } = found.record;
    const hasAll = found.record.terms.some(({ mechanism }) => mechanism === 'all');
    return {
      domain,
      ...found,
      branches,
      redirect: redirect === null || hasAll ? null : await this.#follow(redirect, path),
    };
  }

  async #follow(target: string, path: readonly string[]): Promise<SpfNode> {
    this.#lookups++;
    if (this.#lookups > MAX_READ)
      return { domain: target, record: null, problem: TOO_MANY, branches: [], redirect: null };
    return this.#node(this.#expand(target, path.at(-1)!), path);
  }

  async #branch(term: Term, path: readonly string[]): Promise<Branch> {
    const empty: Branch = { term, node: null, addresses: [], problem: null };
    if (['all', 'ip4', 'ip6'].includes(term.mechanism)) return empty;
    if (term.mechanism === 'include') return { ...empty, node: await this.#follow(term.value!, path) };
    this.#lookups++;
    if (this.#lookups > MAX_READ) return { ...empty, problem: TOO_MANY };
    const name = term.value === null ? path.at(-1)! : this.#expand(term.value, path.at(-1)!);
    if (term.mechanism === 'mx') return { ...empty, ...(await this.#exchanges(name)) };
    if (term.mechanism === 'ptr') return empty;
    const answer = await this.#dns.addresses(name);
    this.#count(answer, name);
    return { ...empty, addresses: recordsOf(answer), problem: outage(name, answer) };
  }

  async #exchanges(name: string): Promise<Pick<Branch, 'addresses' | 'problem'>> {
    const answer = await this.#dns.mx(name);
    this.#count(answer, name);
    const hosts = recordsOf(answer).map(({ host }) => host);
    if (hosts.length > MAX_MX_HOSTS)
      return {
        addresses: [],
        problem: {
          kind: 'permanent',
          text: `mx:${name} has ${hosts.length} hosts, at most ${MAX_MX_HOSTS} count`,
        },
      };
    const found = await Promise.all(hosts.filter(Boolean).map((host) => this.#dns.addresses(host)));
    return { addresses: found.flatMap((one) => [...recordsOf(one)]), problem: outage(name, answer) };
  }

  #count(answer: Answer<unknown>, name: string): void {
    if (isVoid(answer)) this.#voids.push(name);
  }

  #expand(text: string, domain: string): string {
    return expandMacros(text, { ...this.#question, domain })
      .toLowerCase()
      .replace(/\.$/, '');
  }
}

const TOO_MANY = { kind: 'permanent', text: 'too many lookups' } as const;

const outage = (name: string, answer: Answer<unknown>): SpfNode['problem'] =>
  answer.kind === 'failed' ? { kind: 'temporary', text: `${name}: ${absence(answer, '')}` } : null;

function pickRecord(domain: string, answer: Answer<string>): Pick<SpfNode, 'record' | 'problem'> {
  if (answer.kind === 'failed')
    return { record: null, problem: { kind: 'temporary', text: `${domain}: ${absence(answer, 'TXT')}` } };
  const records = recordsOf(answer).filter(isSpf);
  if (records.length === 0)
    return {
      record: null,
      problem: {
        kind: 'none',
        text:
          answer.kind === 'found'
            ? `${domain} has no TXT record that begins with v=spf1`
            : `${domain}: ${absence(answer, 'TXT')}`,
      },
    };
  if (records.length > 1)
    return {
      record: null,
      problem: {
        kind: 'permanent',
        text: `${domain} has ${records.length} SPF records: ${records.join(' | ')}`,
      },
    };
  const record = parseSpf(records[0]!);
  const [fault] = record.faults;
  const problem =
    fault === undefined ? null : ({ kind: 'permanent', text: `${domain}: "${fault}" is no SPF` } as const);
  return { record, problem };
}
