/**
 * Removes temporary servers and their folders after the tests, even when the test run was killed with SIGKILL. A small
 * shell waits on a pipe whose other end closes with this process, whatever ended it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Stops every PostgreSQL and Redis below the folder ($1) at once, without a last write, then removes it. */
const CLEAR_AWAY = `
cat > /dev/null
for pidfile in $(find "$1" -name postmaster.pid -o -name redis.pid); do
  pid=$(head -n 1 "$pidfile")
  kill -QUIT "$pid" || continue
  tries=0
  while kill -0 "$pid" && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
  kill -KILL "$pid"
done
rm -rf "$1"
`;

export class Guardian {
  readonly #shell: ChildProcess;

  /** Watches a folder that was made for this run. */
  constructor(folder: string) {
    this.#shell = spawn('sh', ['-c', CLEAR_AWAY, 'guardian', folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#shell.unref();
  }

  /** Clears away now. */
  async clearAway(): Promise<void> {
    this.#shell.ref();
    const gone = once(this.#shell, 'exit');
    this.#shell.stdin?.end();
    await gone;
  }
}
