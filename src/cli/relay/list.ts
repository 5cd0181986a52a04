/** `postrider relay list`: settings without secrets, limits and their use, up or down, warm-up. */

import type { Program } from '../../bootstrap.ts';
import { profileOf } from '../../delivery/relay/profiles/profiles.ts';
import { countsByRelay } from '../../ledger/feedback/rates.ts';
import { type RelayBackoff, readBackoffs } from '../../ledger/relays/backoff.ts';
import { limitsOf, type Span, usageOf } from '../../ledger/relays/budget.ts';
import { type RelayWorker, readOverrides, workersOf } from '../../ledger/relays/settings.ts';
import { termsOf } from '../../ledger/relays/terms.ts';
import { type WarmUp, warmUpOf } from '../../ledger/relays/warm-up.ts';
import type { Relay, RelaySettings, RelayTerms } from '../../ports.ts';
import { cameBack, type FeedbackView, viewFeedback } from '../../stats/feedback.ts';
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
  /** Why it rests: `asked` is the time of the next try, `until` when it accepts mail again. Null: it is not resting. */
  rest: { why: string; asked: string; until: string } | null;
  /** `seats`: its connections, by the name that scripts know. */
  workers: (Omit<RelayWorker, 'connections'> & { seats: number })[];
  warmUp: (WarmUp & { cap: number }) | null;
  /** What came back in the last 30 days; null while nothing was accepted. */
  feedback: FeedbackView | null;
  /** What we know of its provider; null: nothing. */
  profile: ProfileView | null;
}

interface ProfileView {
  name: string;
  /** From its host. */
  guessed: boolean;
  title: string;
  /** Header fields that carry our delivery id to its events. */
  carries: string[];
  /** Why its 250 is no acceptance; null: it is one. */
  answersLater: string | null;
  /** What to look out for. */
  notes: string[];
}

export async function list(open: OpenContext): Promise<void> {
  const { program } = await open();
  const views = [];
  for (const relay of program.relays) views.push(await viewRelay(program, relay));
  out(
    views,
    views.length === 0
      ? 'No relay: set SMTP_URL, e.g. smtp://user:password@mail.example.org:587'
      : views.map((one) => facts(factsOf(one))).join('\n\n'),
  );
}

export async function showRelay(program: Program, relay: Relay): Promise<void> {
  const view = await viewRelay(program, relay);
  out(view, facts(factsOf(view)));
}

async function viewRelay({ db, clock }: Program, { settings }: Relay): Promise<RelayView> {
  const { name, host, port, tls, pool } = settings;
  const terms = termsOf(settings, (await readOverrides(db)).get(name));
  const used = await usageOf(db, name);
  const workers = await workersOf(db, name);
  const warmUp = await warmUpOf(db, name);
  const down = workers.some((worker) => worker.downSince !== null);
  const rest = backoffOf((await readBackoffs(db)).get(name), clock.now());
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
    profile: viewProfile(settings),
    feedback: await feedbackOf(db, name),
    warmUp: warmUp && { ...warmUp, cap: (await limitsOf(db, name, terms)).day },
  };
}

async function feedbackOf(db: Program['db'], relay: string): Promise<FeedbackView | null> {
  const counts = (await countsByRelay(db)).find(({ name }) => name === relay);
  if (!counts) return null;
  const { name: _, ...rest } = counts;
  return viewFeedback(rest);
}

function viewProfile(settings: RelaySettings): ProfileView | null {
  const profile = profileOf(settings);
  if (!profile) return null;
  const { name, guessed } = settings.profile!;
  const carries = Object.keys(settings.headers).filter((field) =>
    settings.headers[field]!.includes('{{delivery}}'),
  );
  const { title, answersLater = null, notes = [] } = profile;
  return { name, guessed, title, carries, answersLater, notes: [...notes] };
}

function profileFacts(profile: ProfileView | null): [name: string, value: string][] {
  if (!profile) return [];
  const { name, guessed, title, carries, answersLater, notes } = profile;
  const how = guessed ? `${title}, guessed from its host; profile=none if it is not` : title;
  return [
    ['profile', `${name} (${how})`],
    ...carries.map((field): [string, string] => ['', `carries the delivery's id in ${field}`]),
    ...(answersLater === null ? [] : [['', `250 is no acceptance: ${answersLater}`] as [string, string]]),
    ...notes.map((note): [string, string] => ['', note]),
  ];
}

function factsOf(view: RelayView): [name: string, value: string][] {
  const limit = (n: number, unit: string) => (n === 0 ? '-' : `${n} ${unit}`);
  const lines: [string, string][] = [
    ['relay', view.relay],
    ['server', `${view.host}:${view.port}, TLS ${view.tls}, for ${view.for}`],
    ['state', stateText(view)],
    ['rate', limit(view.rate, 'per second')],
    ...SPANS.map((span): [string, string] => [
      span,
      `${view.used[span]} used of ${view[span] || 'no limit'}`,
    ]),
    ['connections', `${view.pool} per process, ${view.connections || 'no limit'} in total`],
    ['messages', limit(view.messages, 'per connection')],
    ['weight', String(view.weight)],
    ['direct', view.direct ? 'yes' : 'no'],
    ...(view.feedback ? [['came back', `${cameBack(view.feedback)} in 30 days`] as [string, string]] : []),
    ...profileFacts(view.profile),
  ];
  return view.warmUp ? [...lines, ['warm-up', warmUpText(view.warmUp)]] : lines;
}

function backoffOf(row: RelayBackoff | undefined, now: Date): RelayView['rest'] {
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
