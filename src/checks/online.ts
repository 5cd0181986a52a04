/**
 * Requests the links and pictures of an issue to see whether they exist, with limits on their number, on time, and on
 * concurrent requests in all and per host. The request itself is passed in: checks do not use the network.
 */
import type { Message } from '../issue/document/document.ts';
import { TimeBudget } from '../issue/media/time-budget.ts';
import { hasSlots } from '../issue/targets/target.ts';
import { absoluteUrl, pictureUrl } from '../render/content/url.ts';
import type { CheckedIssue } from './check.ts';
import { linksAndPicturesOf } from './links-and-pictures.ts';
import { mergeMessages } from './merge-messages.ts';
import { lineOf } from './source-lines.ts';

/**
 * The HTTP status of an address after redirects. Rejects with words that complete "the link ...", and with one of the
 * reasons that `TimeBudget` knows.
 */
export type Ask = (address: string, method: 'HEAD' | 'GET', signal: AbortSignal) => Promise<number>;

export interface OnlineLimits {
  /** The largest number of addresses to request. */
  maxAddresses: number;
  concurrent: number;
  concurrentPerHost: number;
  /** The time for all of them. */
  timeoutMs: number;
}

const LIMITS: OnlineLimits = { maxAddresses: 400, concurrent: 8, concurrentPerHost: 2, timeoutMs: 120_000 };

/** The rules that need the network, for the table in docs/editors.md. */
export const onlineRules = [
  {
    rule: 'link-dead',
    severity: 'error',
    advice:
      'Correct the address: the page does not exist (404, 410), or its host does not. Only with `--online`.',
  },
  {
    rule: 'image-dead',
    severity: 'error',
    advice: 'Put the picture at its address, or beside the file. Only with `--online`.',
  },
  {
    rule: 'link-unsure',
    severity: 'warning',
    advice:
      'Open it in a browser: its server was slow or faulty, or answers only browsers. Only with `--online`.',
  },
  {
    rule: 'online-incomplete',
    severity: 'warning',
    advice:
      'Try again later, or with a network connection: not every address was checked. Only with `--online`.',
  },
] as const;

interface Target {
  address: string;
  line: number;
  what: 'link' | 'picture';
}

/** `tell` is called with the number of addresses that have answered, and their total. */
export async function askOnline(
  issue: CheckedIssue,
  ask: Ask,
  tell: (done: number, all: number) => void,
  limits: OnlineLimits = LIMITS,
): Promise<Message[]> {
  const all = targetsOf(issue);
  const checked = all.slice(0, limits.maxAddresses);
  const signal = AbortSignal.timeout(limits.timeoutMs);
  const checker = new LinkChecker(ask, signal);
  let done = 0;
  await runLimited(checked, limits, async (target) => {
    if (await checker.ask(target)) tell(++done, checked.length);
  });
  return mergeMessages([...checker.found, ...incomplete(all.length - done, checker.why)]);
}

const incomplete = (left: number, why: string | null): Message[] => {
  if (left === 0) return [];
  const text = `${left} addresses were not checked: ${why ?? 'there were too many, or the others took too long'}`;
  return [{ severity: 'warning', line: null, rule: 'online-incomplete', text }];
};

/** Every address once, without its `#part`. Pictures that we serve need no request. */
function targetsOf({ source, document, newsletter, pictures }: CheckedIssue): Target[] {
  const base = document.baseUrl ?? newsletter.baseUrl ?? document.canonicalUrl;
  const parts = linksAndPicturesOf(document);
  const found = new Map<string, Target>();
  const add = (what: Target['what'], url: string, address: string | null, line: number): void => {
    const bare = address?.split('#')[0];
    if (!bare || !/^https?:/i.test(bare) || found.has(bare)) return;
    found.set(bare, { what, address: bare, line: lineOf(source, url, line) });
  };
  for (const { url, line } of parts.links)
    add('link', url, hasSlots(url) ? null : absoluteUrl(url, base), line);
  for (const { url, line } of parts.pictures)
    if (!pictures.has(url)) add('picture', url, pictureUrl(url, base), line);
  return [...found.values()];
}

/** Runs as many at once as the limits allow, always starting the first one whose host is not busy. */
async function runLimited(
  targets: readonly Target[],
  { concurrent, concurrentPerHost }: OnlineLimits,
  work: (target: Target) => Promise<void>,
): Promise<void> {
  const waiting = [...targets];
  const busy = new Map<string, number>();
  const running = new Set<Promise<void>>();
  while (waiting.length > 0 || running.size > 0) {
    const at = waiting.findIndex((target) => (busy.get(hostOf(target)) ?? 0) < concurrentPerHost);
    if (at < 0 || running.size >= concurrent) {
      await Promise.race(running);
      continue;
    }
    const [target] = waiting.splice(at, 1) as [Target];
    const host = hostOf(target);
    busy.set(host, (busy.get(host) ?? 0) + 1);
    const one: Promise<void> = work(target).finally(() => {
      running.delete(one);
      busy.set(host, busy.get(host)! - 1);
    });
    running.add(one);
  }
}

const hostOf = ({ address }: Target): string => (URL.canParse(address) ? new URL(address).host : '');

type Refusal = Error & { reason?: string; cause?: { code?: string } };

/** Requests addresses for one issue and remembers which hosts fail. */
class LinkChecker {
  readonly found: Message[] = [];
  /** Why some were not checked, if there is one reason for all. */
  why: string | null = null;
  readonly #ask: Ask;
  readonly #signal: AbortSignal;
  readonly #timeBudget = new TimeBudget();
  readonly #unknownHosts = new Set<string>();

  constructor(ask: Ask, signal: AbortSignal) {
    this.#ask = ask;
    this.#signal = signal;
  }

  /** False if it was not fully checked. */
  async ask(target: Target): Promise<boolean> {
    if (this.#signal.aborted) return false;
    if (!URL.canParse(target.address)) return true;
    try {
      const status = await this.#timeBudget.run(target.address, () => this.#statusOf(target.address));
      if (status >= 400) this.#say(target, status === 404 || status === 410, `answers with status ${status}`);
      return true;
    } catch (error) {
      return this.#judge(target, error as Refusal);
    }
  }

  #judge(target: Target, { message, reason, cause }: Refusal): boolean {
    if (this.#signal.aborted) return false;
    if (reason === 'network' || message.startsWith('was not tried')) {
      this.why = 'no network or name server could be reached, or too many hosts did not answer';
      return false;
    }
    if (cause?.code === 'ENOTFOUND') this.#unknownHosts.add(hostOf(target));
    this.#say(target, this.#unknownHosts.has(hostOf(target)), message);
    return true;
  }

  #say({ address, line, what }: Target, isGone: boolean, why: string): void {
    const shortened = address.length > 100 ? `${address.slice(0, 100)}…` : address;
    const rule = isGone ? (what === 'link' ? 'link-dead' : 'image-dead') : 'link-unsure';
    this.found.push({
      severity: isGone ? 'error' : 'warning',
      line,
      rule,
      text: `the ${what} ${shortened} ${why}`,
    });
  }

  /** Many servers answer `HEAD` wrongly or not at all, so only a failed `GET` counts. */
  async #statusOf(address: string): Promise<number> {
    try {
      const status = await this.#ask(address, 'HEAD', this.#signal);
      if (status < 400) return status;
    } catch (error) {
      const { reason, cause } = error as Refusal;
      if (reason !== 'broken' && cause?.code !== 'ECONNRESET') throw error;
    }
    return this.#ask(address, 'GET', this.#signal);
  }
}
