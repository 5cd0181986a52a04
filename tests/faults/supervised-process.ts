/** A process of Postrider that is started again after each fault, as a supervisor would. */
import { execFileSync } from 'node:child_process';
import { portsOf } from '../helpers/process-ports.ts';
import type { Ended, Running } from '../helpers/processes.ts';
import { faketime, provide } from '../helpers/setup/programs.ts';
import type { Sink } from '../helpers/sink.ts';
import { until } from '../helpers/until.ts';
import type { Harness } from '../journeys/harness.ts';

export type Role = 'start' | 'web' | 'worker';

/** Connections of one process. */
export const POOL = 4;
const RECENTLY_CLOSED_MS = 500;

export class SupervisedProcess {
  readonly role: Role;
  readonly #harness: Harness;
  #running: Running;
  /** The output of earlier processes in this role. */
  readonly #said: string[] = [];

  constructor(harness: Harness, role: Role, running: Running) {
    this.#harness = harness;
    this.role = role;
    this.#running = running;
  }

  get pid(): number {
    return this.#running.pid;
  }

  get alive(): boolean {
    return this.#running.running;
  }

  get log(): string {
    return [...this.#said, this.#running.stdout, this.#running.stderr].join('\n');
  }

  /** Suspends the process, counts its open connections, and kills it. */
  crash(sink: Sink): number {
    this.#running.kill('SIGSTOP');
    const open = this.connections(sink);
    this.#running.kill('SIGKILL');
    return open;
  }

  /**
   * Its connections that the relay sees open, and those that closed a moment ago (whoever they belonged to): the ledger
   * may not know their last replies yet. Never more than the pool: a connection that replaces one gets no mark before
   * that one's reply is stored.
   */
  connections(sink: Sink): number {
    const ports = portsOf(this.pid);
    const open = [...sink.peers].filter((peer) => ports.has(peer)).length;
    return Math.min(open + sink.closedWithin(RECENTLY_CLOSED_MS), POOL);
  }

  holds(peer: number): boolean {
    return portsOf(this.pid).has(peer);
  }

  freeze(): void {
    this.#running.kill('SIGSTOP');
  }

  thaw(): void {
    this.#running.kill('SIGCONT');
  }

  async stop(withinMs: number): Promise<Ended> {
    this.thaw();
    return this.#running.stop('SIGTERM', withinMs);
  }

  /** Starts a new process once the old one has ended. */
  async restart(env: Record<string, string> = {}): Promise<void> {
    const { stdout, stderr } = await this.#running.ended;
    this.#said.push(stdout, stderr);
    this.#running = this.#harness.start(this.role, env);
    await isUp(this.#running, this.role, this.#harness);
  }
}

export async function startSupervised(harness: Harness, role: Role): Promise<SupervisedProcess> {
  const running = harness.start(role);
  await isUp(running, role, harness);
  return new SupervisedProcess(harness, role, running);
}

/** Waits, also for a database that is away right now. */
async function isUp(running: Running, role: Role, harness: Harness): Promise<void> {
  const withinMs = 120_000;
  if (role !== 'web') return void (await running.says(/worker started/, withinMs));
  await until('the pages answer', async () => (await fetch(`${harness.url}/healthz`)).ok, { withinMs });
}

/** The environment in which a process believes that it is some hours later (or earlier). */
export function wrongClock(hours: number): Record<string, string> {
  const offset = `${hours > 0 ? '+' : '-'}${Math.abs(hours)}h`;
  const env = execFileSync(provide(faketime), ['-f', offset, 'env'], { encoding: 'utf8' });
  const preload = /^LD_PRELOAD=(.*)$/m.exec(env)?.[1];
  if (!preload) throw new Error(`expected faketime to set LD_PRELOAD, found:\n${env}`);
  return { LD_PRELOAD: preload, FAKETIME: offset };
}
