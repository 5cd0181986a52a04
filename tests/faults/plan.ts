/**
 * What a seed does. Twelve base plans hold every kind of fault at least once, and each way of running; seed n takes the
 * n-th of them, round and round, and adds faults of its own. So any twelve seeds in a row cover every kind.
 */
import type { Stage } from '../helpers/sink-behaviour.ts';
import type { Way } from '../helpers/ways.ts';
import { pickOne, seededRandom } from './seeded-random.ts';

/** A process is killed after the relay has read this and before it answers; `answered`: right after the reply to the dot. */
export type Point = Extract<Stage, 'connect' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot'> | 'answered';

export type Fault =
  | `kill at ${Point}`
  | 'kill'
  | 'kill web'
  | 'term'
  | 'stop'
  | 'clock'
  | 'connections'
  | 'pause'
  | 'pause 100 times'
  | 'cancel'
  | 'leave'
  | 'suppress'
  | 'relay cut'
  | 'relay away'
  | 'redis killed'
  | 'redis emptied'
  | 'redis full'
  | 'redis away'
  | 'postgres killed'
  | 'postgres away'
  | 'disk full';

export interface TrialPlan {
  seed: number;
  way: Way;
  policy: 'hold' | 'resend';
  tls: 'none' | 'starttls' | 'implicit';
  /** `at`: by the schedule, which every worker's housekeeping looks at. `twice`: by two commands at the same moment. */
  start: 'now' | 'at' | 'twice';
  /** A PostgreSQL of the trial's own, so that it can be killed. The embedded way always has one. */
  ownPostgres: boolean;
  /** The database's files are on a small disk. */
  smallDisk: boolean;
  readers: number;
  /** The times of production, and the faults that take over a minute. */
  real: boolean;
  /** In order; `after` is a number of accepted messages. */
  faults: readonly { after: number; fault: Fault }[];
}

interface BasePlan extends Partial<Omit<TrialPlan, 'faults'>> {
  way: Way;
  fixed: readonly Fault[];
}

const basePlans: readonly BasePlan[] = [
  { way: 'full', fixed: ['kill at data', 'redis killed', 'leave'] },
  { way: 'embedded', fixed: ['postgres killed', 'kill at dot', 'term'] },
  { way: 'full', ownPostgres: true, fixed: ['postgres away', 'kill at answered', 'suppress'] },
  { way: 'database', tls: 'starttls', fixed: ['stop', 'kill web', 'pause 100 times'] },
  { way: 'full', start: 'at', fixed: ['redis emptied', 'kill at body', 'redis full'] },
  { way: 'embedded', smallDisk: true, fixed: ['disk full', 'kill at connect', 'stop'] },
  { way: 'full', fixed: ['redis away', 'clock', 'term'] },
  { way: 'database', policy: 'resend', fixed: ['kill at dot', 'stop', 'connections'] },
  {
    way: 'full',
    ownPostgres: true,
    smallDisk: true,
    fixed: ['disk full', 'kill at mail', 'postgres killed'],
  },
  { way: 'database', start: 'at', fixed: ['kill', 'pause', 'cancel'] },
  { way: 'embedded', policy: 'resend', tls: 'starttls', fixed: ['kill', 'postgres killed', 'leave'] },
  { way: 'full', tls: 'implicit', start: 'twice', fixed: ['kill at rcpt', 'relay cut', 'relay away'] },
];

/** With the times of production: each fault that lasts over a minute once, between ordinary ones. */
const realBasePlans: readonly BasePlan[] = [
  { way: 'full', fixed: ['stop', 'kill at dot', 'leave'] },
  { way: 'embedded', fixed: ['stop', 'postgres killed', 'term'] },
  { way: 'full', fixed: ['redis away', 'kill'] },
  { way: 'full', ownPostgres: true, fixed: ['postgres away', 'term', 'leave'] },
  { way: 'embedded', tls: 'starttls', fixed: ['kill at answered', 'postgres killed', 'suppress'] },
  { way: 'full', policy: 'resend', fixed: ['kill at dot', 'redis killed', 'stop'] },
  { way: 'embedded', smallDisk: true, fixed: ['disk full', 'kill at body'] },
  { way: 'full', start: 'at', fixed: ['redis emptied', 'clock', 'pause 100 times'] },
  { way: 'embedded', policy: 'resend', fixed: ['kill', 'term', 'connections'] },
  { way: 'full', ownPostgres: true, fixed: ['postgres killed', 'redis full', 'kill at data'] },
];

const anywhere: readonly Fault[] = [
  'kill',
  'kill at mail',
  'kill at data',
  'kill at body',
  'kill at dot',
  'kill at answered',
  'term',
  'stop',
  'connections',
  'pause',
  'leave',
  'suppress',
  'relay cut',
];

function allowed(base: BasePlan): readonly Fault[] {
  return [
    ...anywhere,
    ...(base.way === 'embedded' ? [] : (['kill web', 'clock'] as const)),
    ...(base.way === 'full' ? (['redis killed', 'redis emptied', 'redis full'] as const) : []),
    ...(base.way === 'embedded' || base.ownPostgres ? (['postgres killed'] as const) : []),
  ];
}

export function planOf(seed: number, readers: number, real = false): TrialPlan {
  const list = real ? realBasePlans : basePlans;
  const base = list[(seed - 1) % list.length]!;
  const { fixed, ...rest } = base;
  return {
    policy: 'hold',
    tls: 'none',
    start: 'now',
    ownPostgres: false,
    smallDisk: false,
    ...rest,
    seed,
    readers,
    real,
    faults: spread(seed, readers, [...shuffled(seed, fixed), ...extras(seed, base, real)]),
  };
}

/** Seeds of the first round hold only what is fixed: CI's time is short. */
function extras(seed: number, base: BasePlan, real: boolean): Fault[] {
  if (real || seed <= basePlans.length) return [];
  const count = Math.floor(seededRandom(seed, 'extras') * 4);
  return Array.from({ length: count }, (_, n) => pickOne(allowed(base), seededRandom(seed, 'extra', n)));
}

/** What ends the send comes last. */
function shuffled(seed: number, faults: readonly Fault[]): Fault[] {
  const weight = (fault: Fault) => (fault === 'cancel' ? 1 : seededRandom(seed, 'order', fault));
  return [...faults].sort((a, b) => weight(a) - weight(b));
}

function spread(seed: number, readers: number, faults: readonly Fault[]): TrialPlan['faults'] {
  const last = faults.filter((fault) => fault === 'cancel');
  const order = [...faults.filter((fault) => fault !== 'cancel'), ...last];
  return order.map((fault, n) => ({
    fault,
    after: Math.floor((readers * 0.7 * (n + seededRandom(seed, 'when', n))) / order.length),
  }));
}

/** Every fault of the base plans: a run of all of them must have injected each. */
export const everyFault: readonly Fault[] = [...new Set(basePlans.flatMap((base) => base.fixed))];
