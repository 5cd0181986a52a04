/**
 * Asks the links and pictures of an issue whether they are there. Bounded in number, time and how many at once, and
 * gentle to each host. Who asks is handed in: this part of the program knows no network.
 */
import type { Message } from '../issue/document/document.ts';
import { TimeBudget } from '../issue/media/time-budget.ts';
import { hasSlots } from '../issue/targets/target.ts';
import { absoluteUrl, pictureUrl } from '../render/content/url.ts';
import type { Subject } from './check.ts';
import { linksAndPicturesOf } from './links-and-pictures.ts';
import { mergeMessages } from './merge-messages.ts';
import { lineOf } from './source-lines.ts';

/**
 * The status with which an address answers, where its redirects lead. Rejects with words that complete "the link ...",
 * and with a `reason` as `Patience` knows them.
 */
export type Ask = (address: string, method: 'HEAD' | 'GET', signal: AbortSignal) => Promise<number>;

export interface OnlineLimits {
  /** Addresses that are asked. */
  most: number;
  atOnce: number;
  atOnceOfHost: number;
  /** For all of it. */
  longestMs: number;
}

const LIMITS: OnlineLimits = { most: 400, atOnce: 8, atOnceOfHost: 2, longestMs: 120_000 };

/** The rules that only asking can find, for the table of docs/editors.md. */
export const onlineRules = [
  {
    rule: 'link-dead',
    severity: 'error',
    advice:
      'Mend the address: the page is not there (404, 410), or its host is no host. Only with `--online`.',
  },
  {
    rule: 'image-dead',
    severity: 'error',
    advice: 'Put the picture where the address says, or beside the file. Only with `--online`.',
  },
  {
    rule: 'link-unsure',
    severity: 'warning',
    advice:
      'Open it in a browser: its server was slow or broken, or shows itself to browsers only. Only with `--online`.',
  },
  {
    rule: 'online-incomplete',
    severity: 'warning',
    advice: 'Try again later, or with a network: not every address was asked. Only with `--online`.',
  },
] as const;

interface Target {
  address: string;
  line: number;
  what: 'link' | 'picture';
}

/** `tell` hears how many of how many have answered. */
export async function askOnline(
  subject: Subject,
  ask: Ask,
  tell: (done: number, all: number) => void,
  limits: OnlineLimits = LIMITS,
): Promise<Message[]> {
  const all = targetsOf(subject);
  const asked = all.slice(0, limits.most);
  const signal = AbortSignal.timeout(limits.longestMs);
  const asker = new Asker(ask, signal);
  let done = 0;
  await inTurn(asked, limits, async (target) => {
    if (await asker.ask(target)) tell(++done, asked.length);
  });
  return mergeMessages([...asker.found, ...incomplete(all.length - done, asker.why)]);
}

const incomplete = (left: number, why: string | null): Message[] => {
  if (left === 0) return [];
  const text = `${left} addresses were not asked: ${why ?? 'the others were too many, or took too long'}`;
  return [{ severity: 'warning', line: null, rule: 'online-incomplete', text }];
};

/** Every address once, without its `#part`. Pictures that come from us need no asking. */
function targetsOf({ source, document, newsletter, pictures }: Subject): Target[] {
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

/** As many at once as the limits say; the next is the first whose host is not busy. */
async function inTurn(
  targets: readonly Target[],
  { atOnce, atOnceOfHost }: OnlineLimits,
  work: (target: Target) => Promise<void>,
): Promise<void> {
  const waiting = [...targets];
  const busy = new Map<string, number>();
  const running = new Set<Promise<void>>();
  while (waiting.length > 0 || running.size > 0) {
    const at = waiting.findIndex((target) => (busy.get(hostOf(target)) ?? 0) < atOnceOfHost);
    if (at < 0 || running.size >= atOnce) {
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

/** Remembers what hosts are like, for one issue. */
class Asker {
  readonly found: Message[] = [];
  /** Why some were not asked, where there is one reason for all. */
  why: string | null = null;
  readonly #ask: Ask;
  readonly #signal: AbortSignal;
  readonly #timeBudget = new TimeBudget();
  readonly #noHosts = new Set<string>();

  constructor(ask: Ask, signal: AbortSignal) {
    this.#ask = ask;
    this.#signal = signal;
  }

  /** False where it was not (fully) asked. */
  async ask(target: Target): Promise<boolean> {
    if (this.#signal.aborted) return false;
    if (!URL.canParse(target.address)) return true;
    try {
      const status = await this.#timeBudget.run(target.address, () => this.#statusOf(target.address));
      if (status >= 400) this.#say(target, status === 404 || status === 410, `was answered with ${status}`);
      return true;
    } catch (error) {
      return this.#judge(target, error as Refusal);
    }
  }

  #judge(target: Target, { message, reason, cause }: Refusal): boolean {
    if (this.#signal.aborted) return false;
    if (reason === 'network' || message.startsWith('was not tried')) {
      this.why = 'no network or name server could be reached, or too many hosts kept silent';
      return false;
    }
    if (cause?.code === 'ENOTFOUND') this.#noHosts.add(hostOf(target));
    this.#say(target, this.#noHosts.has(hostOf(target)), message);
    return true;
  }

  #say({ address, line, what }: Target, isDead: boolean, why: string): void {
    const shown = address.length > 100 ? `${address.slice(0, 100)}…` : address;
    const rule = isDead ? (what === 'link' ? 'link-dead' : 'image-dead') : 'link-unsure';
    this.found.push({
      severity: isDead ? 'error' : 'warning',
      line,
      rule,
      text: `the ${what} ${shown} ${why}`,
    });
  }

  /** Many servers answer `HEAD` wrongly, or not at all: only a `GET` is believed when it says no. */
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
