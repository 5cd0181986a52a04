/** `postrider worker list|health`: the workers that are alive, and whether there is one. */
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { type AliveWorker, aliveWorkers } from '../../ledger/workers/list.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { counted, table } from '../text.ts';

const json = ['--json', 'one JSON value on standard output'] as const;

/** What to do when there is none. */
const START_ONE = 'start one: postrider worker (or postrider start)';

export function workerCommands(worker: Command, open: OpenContext): void {
  worker
    .command('list')
    .description('The workers that are alive: host, process, since when, and what they serve just now.')
    .option(...json)
    .action(() => list(open));
  worker
    .command('health')
    .description('Ends with 0 when a worker is alive that takes work, with 1 when none is.')
    .option('--here', 'only workers on this host count')
    .option(...json)
    .action((options: { here?: boolean }) => health(open, options.here === true));
}

async function list(open: OpenContext): Promise<void> {
  const { program } = await open();
  const workers = (await aliveWorkers(program.db)).map(viewed);
  out(workers, workers.length === 0 ? `no worker is alive; ${START_ONE}` : workersText(workers));
}

async function health(open: OpenContext, here: boolean): Promise<void> {
  const { program } = await open();
  const alive = (await aliveWorkers(program.db)).map(viewed).filter(({ draining }) => !draining);
  const workers = here ? alive.filter(({ host }) => host === hostname()) : alive;
  const ok = workers.length > 0;
  const where = here ? ' on this host' : '';
  out(
    { ok, workers: workers.length },
    ok
      ? `${counted(workers.length, 'worker is', 'workers are')} alive${where}`
      : `no worker is alive${where}; ${START_ONE}`,
  );
  if (!ok) process.exitCode = 1;
}

const viewed = ({ worker, ...rest }: AliveWorker) => {
  const at = worker.lastIndexOf('/');
  return { worker, host: worker.slice(0, at), pid: Number(worker.slice(at + 1)), ...rest };
};

function workersText(workers: readonly ReturnType<typeof viewed>[]): string {
  const rows = workers.map(({ host, pid, since, draining, serves, relays }) => [
    host,
    String(pid),
    since.toISOString(),
    draining ? 'draining' : 'working',
    relays.join(', ') || '-',
    serves.join('; ') || 'nothing just now',
  ]);
  return table(['host', 'pid', 'since', 'state', 'relays', 'serves'], rows);
}
