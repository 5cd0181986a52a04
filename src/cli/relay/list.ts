/** `postrider relay list`: settings without secrets, limits and their use, up or down, warm-up. */

import type { Program } from '../../bootstrap.ts';
import { type RelayBackoff, readBackoffs } from '../../ledger/relays/backoff.ts';
import { limitsOf, type Span, usageOf } from '../../ledger/relays/budget.ts';
import { type RelayWorker, readOverrides, workersOf } from '../../ledger/relays/settings.ts';
import { termsOf } from '../../ledger/relays/terms.ts';
import { type WarmUp, warmUpOf } from '../../ledger/relays/warm-up.ts';
import type { Relay, RelayTerms } from '../../ports.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { counted, facts } from '../text.ts';

const SPANS = ['minute', 'hour', 'day'] as const satisfies readonly Span[];

interface RelayView extends RelayTerms {
  relay: string;
  host: string;
  port: number;
  tls: string;
  for: string;
  pool: number;
  /** In the last minute, hour and 24 hours, including what running batches may still send. */
  used: Record<Span, number>;
  /** `resting` while it accepts nothing more from us, `unused` when no live worker knows it. */
  state: 'up' | 'down' | 'resting' | 'unused';
  /** Why it rests; `asked` is the next try, `until` when it accepts mail again. Null: it does not rest. */
  rest: { why: string; asked: string; until: string } | null;
  /** `seats`: its connections, by the name that scripts know. */
  workers: (Omit<RelayWorker, 'connections'> & { seats: number })[];
  warmUp: (WarmUp & { cap: number }) | null;
}

export async function list(open: OpenContext): Promise<void> {
  const { program } = await open();
  const shown = [];
  for (const relay of program.relays) shown.push(await viewRelay(program, relay));
  out(
    shown,
    shown.length === 0
      ? 'No relay: set SMTP_URL, e.g. smtp://user:password@mail.example.org:587'
      : shown.map((one) => facts(factsOf(one))).join('\n\n'),
  );
}

export async function showRelay(program: Program, relay: Relay): Promise<void> {
  const shown = await viewRelay(program, relay);
  out(shown, facts(factsOf(shown)));
}

async function viewRelay({ db, clock }: Program, { settings }: Relay): Promise<RelayView> {
  const { name, host, port, tls, pool } = settings;
  const terms = termsOf(settings, (await readOverrides(db)).get(name));
  const used = await usageOf(db, name);
  const workers = await workersOf(db, name);
  const warmUp = await warmUpOf(db, name);
  const down = workers.some((worker) => worker.downSince !== null);
  const rest = restOf((await readBackoffs(db)).get(name), clock.now());
  return {
    relay: name,
    host,
    port,
    tls,
    for: settings.for,
    pool,
    ...terms,
    used: {
      minute: used.spans.minute.begun + used.open,
      hour: used.spans.hour.begun + used.open,
      day: used.spans.day.begun + used.open,
    },
    state: rest ? 'resting' : workers.length === 0 ? 'unused' : down ? 'down' : 'up',
    rest,
    workers: workers.map(({ connections, ...worker }) => ({ ...worker, seats: connections })),
    warmUp: warmUp && { ...warmUp, cap: (await limitsOf(db, name, terms)).day },
  };
}

function factsOf(shown: RelayView): [name: string, value: string][] {
  const limit = (n: number, unit: string) => (n === 0 ? '-' : `${n} ${unit}`);
  const lines: [string, string][] = [
    ['relay', shown.relay],
    ['server', `${shown.host}:${shown.port}, TLS ${shown.tls}, for ${shown.for}`],
    ['state', stateText(shown)],
    ['rate', limit(shown.rate, 'per second')],
    ...SPANS.map((span): [string, string] => [
      span,
      `${shown.used[span]} used of ${shown[span] || 'no limit'}`,
    ]),
    ['connections', `${shown.pool} per process, ${shown.connections || 'no limit'} in total`],
    ['messages', limit(shown.messages, 'per connection')],
    ['weight', String(shown.weight)],
    ['direct', shown.direct ? 'yes' : 'no'],
  ];
  return shown.warmUp ? [...lines, ['warm-up', warmUpText(shown.warmUp)]] : lines;
}

function restOf(row: RelayBackoff | undefined, now: Date): RelayView['rest'] {
  if (!row?.backoff) return null;
  const { why, ms, endsMs } = row.backoff;
  const after = (span: number) => new Date(now.getTime() + span).toISOString();
  return { why, asked: after(ms), until: after(endsMs) };
}

function stateText({ relay, state, workers, rest }: RelayView): string {
  if (rest)
    return `rests until ${rest.until}, next try at ${rest.asked}: ${rest.why} (postrider relay set ${relay} --rest off tries it now)`;
  const down = workers.find((worker) => worker.downSince !== null);
  if (down) return `down since ${down.downSince!.toISOString()} for ${down.worker}: ${down.downWhy}`;
  return state === 'unused' ? 'no worker uses it' : `up, ${counted(workers.length, 'worker')}`;
}

function warmUpText({ stage, steps, cap, held }: NonNullable<RelayView['warmUp']>): string {
  const next = steps[stage];
  const then = next === undefined ? 'then no cap' : `then ${next}`;
  return `step ${stage} of ${steps.length}: ${cap} per day, ${then}${held ? `; it did not grow: ${held}` : ''}`;
}
