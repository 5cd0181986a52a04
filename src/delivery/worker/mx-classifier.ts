/**
 * Looks up the MX hosts of domains that are in no list, in parallel to planning and never delaying it: deliveries that
 * are already planned keep their lane, later pages and issues use the results.
 */
import type { Db } from '../../db/connection.ts';
import { type DomainMx, domainsToLookUp, storeDomainMx } from '../../ledger/lanes/domain-mx.ts';
import { OTHER_LANE } from '../../ledger/lanes/lanes.ts';
import { laneOfMx } from '../../ledger/lanes/provider-mx.ts';
import type { Log, MxResolver } from '../../ports.ts';
import { issueName } from '../../sends/issue-name.ts';

/** How many deliveries are read at once to find their domains. */
const PAGE = 5_000;
const LOOKUPS_AT_ONCE = 10;
/** How many issues' progress is remembered. */
const MAX_ISSUES = 50;

export class MxClassifier {
  #db: Db;
  #log: Log;
  #resolver: MxResolver;
  #draining: AbortSignal;
  #after = new Map<number, number>();
  #busy: Promise<void> = Promise.resolve();
  #queued = new Set<number>();

  constructor(parts: { db: Db; log: Log; mxResolver: MxResolver; draining: AbortSignal }) {
    this.#db = parts.db;
    this.#log = parts.log;
    this.#resolver = parts.mxResolver;
    this.#draining = parts.draining;
  }

  /** Resolves when everything planned of the issue so far is looked up; nobody needs to wait for that. */
  classify(issueId: number): Promise<void> {
    if (!this.#queued.has(issueId)) {
      this.#queued.add(issueId);
      this.#busy = this.#busy.then(() => this.#classifyIssue(issueId));
    }
    return this.#busy;
  }

  async #classifyIssue(issueId: number): Promise<void> {
    this.#queued.delete(issueId);
    try {
      while (!this.#draining.aborted && (await this.#page(issueId)));
    } catch (error) {
      const issue = await issueName(this.#db, issueId);
      this.#log.warn({ issue, error: (error as Error).message }, 'domains could not be looked up');
    }
  }

  /** False when there are no more deliveries now. */
  async #page(issueId: number): Promise<boolean> {
    const after = this.#after.get(issueId) ?? 0;
    const { domains, last } = await domainsToLookUp(this.#db, issueId, OTHER_LANE, after, PAGE);
    for (let at = 0; at < domains.length && !this.#draining.aborted; at += LOOKUPS_AT_ONCE)
      await storeDomainMx(
        this.#db,
        await Promise.all(domains.slice(at, at + LOOKUPS_AT_ONCE).map((domain) => this.#lookUp(domain))),
      );
    if (last === null) return false;
    this.#after.set(issueId, last);
    const oldest = this.#after.keys().next().value;
    if (this.#after.size > MAX_ISSUES && oldest !== undefined) this.#after.delete(oldest);
    return true;
  }

  /** No answer is stored as a domain without MX hosts. */
  async #lookUp(domain: string): Promise<DomainMx> {
    const names = await this.#resolver.resolve(domain).catch((): string[] => []);
    return { domain, lane: laneOfMx(names), mx: names[0] ?? null };
  }
}
