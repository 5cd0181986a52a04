/** The parts of the bench; each bounded, each prints what it found. */
import { mkdirSync } from 'node:fs';
import { refreshStatistics } from '../../src/db/partitions.ts';
import { builtInLanes } from '../../src/ledger/lanes/lanes.ts';
import { planPage } from '../../src/ledger/plan.ts';
import { until } from '../helpers/until.ts';
import { draft, ledgerSays, messageBytes, newsletterOf, send, untilSent } from './audience.ts';
import type { Harness, Worker } from './harness.ts';
import { cpuOfAll, load, median, usageOf } from './measure.ts';
import { loopRate, smtpSourceRate } from './rivals.ts';

export interface Options {
  pairs: number;
  messages: number;
  connections: number;
  audience: number;
  /** A folder for the worker's processor profile. */
  profile: string | null;
}

export type Tell = (line: string) => void;

/** A whole send of 30 KB messages against `smtp-source -d`. */
export async function sourcePart(harness: Harness, options: Options, tell: Tell): Promise<void> {
  await withReaders(harness, options, 'source', async (worker, sendOnce, order) => {
    tell(`${options.messages} messages of ${order.bytes} bytes, ${options.connections} connections`);
    const ratios: number[] = [];
    const cpu: number[] = [];
    for (let pair = 1; pair <= options.pairs; pair++) {
      const theirs = await smtpSourceRate(order);
      const ours = await sendOnce();
      ratios.push(ours.perSecond / theirs);
      cpu.push(ours.cpuMs);
      tell(
        `  pair ${pair}: ours ${round(ours.perSecond)}/s, smtp-source ${round(theirs)}/s, ratio ${(ours.perSecond / theirs).toFixed(2)}; worker ${ours.cpuMs.toFixed(3)} ms each, PostgreSQL ${ours.databaseMs.toFixed(3)}, sink ${ours.sinkMs.toFixed(3)}; first after ${round(ours.firstMs)} ms; load ${load()}`,
      );
    }
    const usage = usageOf(worker.pid);
    tell(`ratio to smtp-source -d: ${median(ratios).toFixed(2)} (hold 0.9, aim 1.1)`);
    tell(`worker's processor time per message: ${median(cpu).toFixed(3)} ms (hold 0.25)`);
    if (usage)
      tell(`worker's memory: ${round(usage.rssMb)} MB, at most ${round(usage.peakMb)} MB (hold 200)`);
  });
}

/** The same against nodemailer's pool, which composes every message anew: a tenth of the messages, as many pairs. */
export async function loopPart(harness: Harness, options: Options, tell: Tell): Promise<void> {
  await withReaders(harness, options, 'loop', async (_worker, sendOnce, order, content) => {
    const ratios: number[] = [];
    for (let pair = 1; pair <= options.pairs; pair++) {
      const theirs = await loopRate({ ...order, messages: Math.ceil(options.messages / 10) }, content);
      const ours = await sendOnce();
      ratios.push(ours.perSecond / theirs);
      tell(`  pair ${pair}: ours ${round(ours.perSecond)}/s, the loop ${round(theirs)}/s; load ${load()}`);
    }
    tell(`ratio to a nodemailer pool loop: ${median(ratios).toFixed(1)} (hold 10)`);
  });
}

/** Writing the plan, with nobody sending. */
export async function fanOutPart({ program }: Harness, options: Options, tell: Tell): Promise<void> {
  await newsletterOf(program, 'fanout', options.audience);
  const { id } = await draft(program, 'fanout');
  await program.db.updateTable('issues').set({ state: 'sending' }).where('id', '=', id).execute();
  const start = performance.now();
  for (let page = 1, done = false; !done; page++) {
    ({ done } = await planPage(program.db, id, builtInLanes, 5_000));
    // As the engine does, each time the plan has doubled.
    if (Number.isInteger(Math.log2(page))) await refreshStatistics(program.db, id);
  }
  const seconds = (performance.now() - start) / 1000;
  await program.db.updateTable('issues').set({ state: 'cancelled' }).where('id', '=', id).execute();
  await program.db.deleteFrom('deliveries').where('issue_id', '=', id).execute();
  tell(`fan-out: ${round(options.audience / seconds)} rows/s (${options.audience} rows)`);
}

/** The first message out of a large audience; then the worker is stopped in the middle. */
export async function firstPart(harness: Harness, options: Options, tell: Tell): Promise<void> {
  const { program } = harness;
  await newsletterOf(program, 'large', options.audience);
  const worker = await harness.startWorker();
  const issue = await draft(program, 'large');
  await send(program, issue);
  const planned = await until('the plan is done', () => planIsDone(harness, issue.id), { withinMs: 900_000 });
  const usage = usageOf(worker.pid);
  const { accepted, firstMs, perSecond } = await ledgerSays(program.db, issue.id);
  await program.db.updateTable('issues').set({ state: 'paused' }).where('id', '=', issue.id).execute();
  await worker.stop();
  tell(`first message after ${round(firstMs)} ms of ${options.audience} (hold 3000)`);
  tell(
    `planned beside the sending in ${(planned.ms / 1000).toFixed(1)} s; meanwhile ${accepted} accepted, ${round(perSecond)}/s`,
  );
  if (usage)
    tell(`worker's memory when all was planned: ${round(usage.rssMb)} MB, at most ${round(usage.peakMb)} MB`);
}

async function planIsDone({ program }: Harness, id: number): Promise<{ ms: number } | null> {
  const row = await program.db
    .selectFrom('sends')
    .select(['plan_done', 'sending_since', 'served_at'])
    .where('issue_id', '=', id)
    .executeTakeFirstOrThrow();
  return row.plan_done ? { ms: row.served_at!.getTime() - row.sending_since!.getTime() } : null;
}

export interface Sent {
  perSecond: number;
  firstMs: number;
  /** Processor time per message: the workers, PostgreSQL's backends, smtp-sink. */
  cpuMs: number;
  databaseMs: number;
  sinkMs: number;
}

type Act = (
  worker: Worker,
  sendOnce: () => Promise<Sent>,
  order: { port: number; messages: number; connections: number; bytes: number },
  content: { subject: string; html: string; text: string },
) => Promise<void>;

/** A newsletter of that many readers and a worker; each send is a new issue. The first warms up and does not count. */
async function withReaders(harness: Harness, options: Options, slug: string, act: Act): Promise<void> {
  const { program } = harness;
  await newsletterOf(program, slug, options.messages);
  if (options.profile) mkdirSync(options.profile, { recursive: true });
  const worker = await harness.startWorker(
    options.profile ? { node: ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] } : {},
  );
  const sample = await draft(program, slug);
  const { subject, html, text } = sample.prepared.edition;
  const { messages, connections } = options;
  const order = { port: harness.sinkPort, messages, connections, bytes: messageBytes(sample) };
  const sendOnce = () => sendAndMeasure(harness, slug, [worker], messages);
  await sendOnce();
  await act(worker, sendOnce, order, { subject, html, text });
  await worker.stop();
}

/** Sends one new issue to all readers of the newsletter, and waits until every one is accepted. */
export async function sendAndMeasure(
  harness: Harness,
  slug: string,
  workers: readonly Worker[],
  messages: number,
  withinMs = 120_000,
): Promise<Sent> {
  const { program } = harness;
  const issue = await draft(program, slug);
  const before = spent(harness, workers);
  await send(program, issue);
  await untilSent(program, issue.id, withinMs);
  const [cpuMs = 0, databaseMs = 0, sinkMs = 0] = spent(harness, workers).map(
    (ms, at) => (ms - before[at]!) / messages,
  );
  const { accepted, perSecond, firstMs } = await ledgerSays(program.db, issue.id);
  if (accepted !== messages) throw new Error(`expected ${messages} accepted, the ledger has ${accepted}`);
  return { perSecond, firstMs, cpuMs, databaseMs, sinkMs };
}

function spent({ databaseName, sinkPort }: Harness, workers: readonly Worker[]): number[] {
  const ours = workers.reduce((sum, { pid }) => sum + (usageOf(pid)?.cpuMs ?? Number.NaN), 0);
  return [ours, cpuOfAll(`${databaseName} `), cpuOfAll(`127.0.0.1:${sinkPort} `)];
}

export const round = (value: number): string => Math.round(value).toLocaleString('en');
