/** Runs Postrider as real processes (`node dist/src/cli.js ...`), which always end with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { limit } from './machine.js';
import { until } from './until.ts';
import { covers } from './ways.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = `${root}dist/src/cli.js`;

export interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface StartOptions {
  /** Added to a bare environment of PATH and HOME: nothing of the test run's own settings leaks in. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Written to standard input, which is then closed. Default: empty. */
  input?: string | Buffer;
  /** Default: this Node on dist/src/cli.js. */
  command?: readonly string[];
  /** Keeps the process after the test; the caller ends it (processes shared by a file's tests). */
  outliveTest?: boolean;
}

export class Running {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  /** Resolves when it has ended and all output is read. */
  readonly ended: Promise<Ended>;
  readonly #name: string;
  #over = false;

  constructor(child: ChildProcess, name: string) {
    this.child = child;
    this.#name = name;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#over = true;
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.#name} did not start`);
    return this.child.pid;
  }

  get running(): boolean {
    return !this.#over;
  }

  /** Waits for this on either output; rejects at once when the process ends without having said it. */
  async says(wanted: RegExp, withinMs = 30_000): Promise<RegExpExecArray> {
    const found = () => wanted.exec(this.stdout) ?? wanted.exec(this.stderr);
    await until(`${this.#name} says ${wanted}`, () => found() ?? this.#over, {
      withinMs,
      found: () => this.#story(),
    });
    const match = found();
    if (!match) throw new Error(`${this.#name} ended without saying ${wanted}\n${this.#story()}`);
    return match;
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.child.kill(signal);
  }

  /** Signals it and waits for its end; SIGKILL when it does not end in time. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', withinMs = 45_000): Promise<Ended> {
    this.kill(signal);
    const impatience = setTimeout(() => this.kill('SIGKILL'), limit(withinMs));
    try {
      return await this.ended;
    } finally {
      clearTimeout(impatience);
    }
  }

  #story(): string {
    const { exitCode, signalCode } = this.child;
    return `[${this.#name}: exit ${exitCode}, signal ${signalCode}]\n${this.stdout}\n${this.stderr}`;
  }
}

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Starts `postrider ...args`. Killed when the test is over, also a failed one. */
export function start(args: readonly string[], options: StartOptions = {}): Running {
  const [file = '', ...rest] = [...(options.command ?? [process.execPath, program]), ...args];
  if (!options.command && !existsSync(program)) throw new Error(`${program} is missing: npm run build`);
  const child = spawn(file, rest, {
    cwd: options.cwd ?? root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'info', ...options.env },
    stdio: 'pipe',
  });
  alive.add(child);
  child.once('close', () => alive.delete(child));
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const running = new Running(child, args.slice(0, 2).join(' ') || file);
  running.ended.catch(() => {});
  noteWay(args, options.env ?? {});
  if (!options.outliveTest)
    onTestFinished(async () => {
      if (running.running) await running.stop('SIGKILL');
    });
  return running;
}

/** A test that has Postrider send on some way of running it covers that way. */
function noteWay([command = '']: readonly string[], env: NonNullable<StartOptions['env']>): void {
  if (!['start', 'worker', 'demo'].includes(command)) return;
  covers(command === 'demo' || !env.DATABASE_URL ? 'embedded' : env.REDIS_URL ? 'full' : 'database');
}

/** Runs `postrider ...args` to its end. Rejects when it takes longer than `withinMs` (default 60 s). */
export async function run(
  args: readonly string[],
  options: StartOptions & { withinMs?: number } = {},
): Promise<Ended> {
  const running = start(args, options);
  const withinMs = limit(options.withinMs ?? 60_000);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      running.kill('SIGKILL');
      const output = `${running.stdout}\n${running.stderr}`;
      reject(new Error(`${args.join(' ')} did not end within ${withinMs} ms\n${output}`));
    }, withinMs);
  });
  try {
    return await Promise.race([running.ended, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/** `run` with `--json`: the one JSON value it printed. Rejects when the exit code is not 0. */
export async function runJson<T>(args: readonly string[], options: StartOptions = {}): Promise<T> {
  const ended = await run([...args, '--json'], options);
  if (ended.code !== 0)
    throw new Error(`${args.join(' ')} ended with ${ended.code}\n${ended.stdout}\n${ended.stderr}`);
  return JSON.parse(ended.stdout) as T;
}
