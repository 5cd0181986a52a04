/** A role that must be filled: a process of Postrider that is started again after each blow, as a supervisor does. */
import { execFileSync } from 'node:child_process';
import { portsOf } from '../helpers/process-ports.ts';
import type { Ended, Running } from '../helpers/processes.ts';
import { faketime, provide } from '../helpers/setup/programs.ts';
import type { Sink } from '../helpers/sink.ts';
import { until } from '../helpers/until.ts';
import type { Stage } from '../journeys/stage.ts';

export type Role = 'start' | 'web' | 'worker';

/** Connections of one process. */
export const POOL = 4;
const UNHEARD_MS = 500;

export class Post {
  readonly role: Role;
  readonly #stage: Stage;
  #running: Running;
  /** Everything that processes of this role have said. */
  readonly #said: string[] = [];

  constructor(stage: Stage, role: Role, running: Running) {
    this.#stage = stage;
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

  /** Stops the process where it stands, counts what it has on the wire, and kills it. */
  crash(sink: Sink): number {
    this.#running.kill('SIGSTOP');
    const open = this.connections(sink);
    this.#running.kill('SIGKILL');
    return open;
  }

  /**
   * Its connections that the relay sees open now, and those closed a moment ago (whose they were nobody knows any more):
   * the ledger may not have heard of their last replies. All together never more than the pool: a connection that took
   * the place of one gets no mark before that one's reply is stored.
   */
  connections(sink: Sink): number {
    const ports = portsOf(this.pid);
    const open = [...sink.peers].filter((peer) => ports.has(peer)).length;
    return Math.min(open + sink.closedWithin(UNHEARD_MS), POOL);
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

  /** Another process takes the place of one that ended. */
  async refill(env: Record<string, string> = {}): Promise<void> {
    const { stdout, stderr } = await this.#running.ended;
    this.#said.push(stdout, stderr);
    this.#running = this.#stage.start(this.role, env);
    await isUp(this.#running, this.role, this.#stage);
  }
}

export async function fill(stage: Stage, role: Role): Promise<Post> {
  const running = stage.start(role);
  await isUp(running, role, stage);
  return new Post(stage, role, running);
}

/** A database that is away at this moment is waited for. */
async function isUp(running: Running, role: Role, stage: Stage): Promise<void> {
  const withinMs = 120_000;
  if (role !== 'web') return void (await running.says(/worker started/, withinMs));
  await until('the pages answer', async () => (await fetch(`${stage.url}/healthz`)).ok, { withinMs });
}

/** The settings with which a process believes that it is an hour later (or earlier). */
export function wrongClock(hours: number): Record<string, string> {
  const offset = `${hours > 0 ? '+' : '-'}${Math.abs(hours)}h`;
  const env = execFileSync(provide(faketime), ['-f', offset, 'env'], { encoding: 'utf8' });
  const preload = /^LD_PRELOAD=(.*)$/m.exec(env)?.[1];
  if (!preload) throw new Error(`expected faketime to set LD_PRELOAD, found:\n${env}`);
  return { LD_PRELOAD: preload, FAKETIME: offset };
}
