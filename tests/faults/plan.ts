/**
 * What a seed does. Twelve programmes hold every kind of blow at least once, and each way of running; seed n takes
 * the n-th of them, round and round, and adds blows of its own. So any twelve seeds in a row cover every kind.
 */
import type { Stage } from '../helpers/sink-behaviour.ts';
import type { Way } from '../helpers/ways.ts';
import { draw, pick } from './draw.ts';

/** A process dies with SIGKILL while the relay has heard this and not answered yet; `answered`: right after the dot's reply. */
export type Point = Extract<Stage, 'connect' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot'> | 'answered';

export type Blow =
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

export interface Plan {
  seed: number;
  way: Way;
  policy: 'hold' | 'resend';
  tls: 'none' | 'starttls' | 'implicit';
  /** `at`: by the schedule, which every worker's sweeper looks at. `twice`: by two commands at the same moment. */
  start: 'now' | 'at' | 'twice';
  /** A PostgreSQL of the trial's own, so that it can be killed. The embedded way always has one. */
  ownPostgres: boolean;
  /** The database's files are on a small disk. */
  smallDisk: boolean;
  readers: number;
  /** The times of production, and the blows that take over a minute. */
  real: boolean;
  /** In order; `after` is a number of accepted messages. */
  blows: readonly { after: number; blow: Blow }[];
}

interface Programme extends Partial<Omit<Plan, 'blows'>> {
  way: Way;
  fixed: readonly Blow[];
}

const programmes: readonly Programme[] = [
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
const realProgrammes: readonly Programme[] = [
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

const anywhere: readonly Blow[] = [
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

function allowed(programme: Programme): readonly Blow[] {
  return [
    ...anywhere,
    ...(programme.way === 'embedded' ? [] : (['kill web', 'clock'] as const)),
    ...(programme.way === 'full' ? (['redis killed', 'redis emptied', 'redis full'] as const) : []),
    ...(programme.way === 'embedded' || programme.ownPostgres ? (['postgres killed'] as const) : []),
  ];
}

export function planOf(seed: number, readers: number, real = false): Plan {
  const list = real ? realProgrammes : programmes;
  const programme = list[(seed - 1) % list.length]!;
  const { fixed, ...rest } = programme;
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
    blows: spread(seed, readers, [...shuffled(seed, fixed), ...extras(seed, programme, real)]),
  };
}

/** Seeds of the first round hold only what is fixed: CI's time is short. */
function extras(seed: number, programme: Programme, real: boolean): Blow[] {
  if (real || seed <= programmes.length) return [];
  const count = Math.floor(draw(seed, 'extras') * 4);
  return Array.from({ length: count }, (_, n) => pick(allowed(programme), draw(seed, 'extra', n)));
}

/** What ends the send comes last. */
function shuffled(seed: number, blows: readonly Blow[]): Blow[] {
  const weight = (blow: Blow) => (blow === 'cancel' ? 1 : draw(seed, 'order', blow));
  return [...blows].sort((a, b) => weight(a) - weight(b));
}

function spread(seed: number, readers: number, blows: readonly Blow[]): Plan['blows'] {
  const last = blows.filter((blow) => blow === 'cancel');
  const order = [...blows.filter((blow) => blow !== 'cancel'), ...last];
  return order.map((blow, n) => ({
    blow,
    after: Math.floor((readers * 0.7 * (n + draw(seed, 'when', n))) / order.length),
  }));
}

/** Which blows are fixed at all: a run of all programmes must have struck each. */
export const everyBlow: readonly Blow[] = [...new Set(programmes.flatMap((programme) => programme.fixed))];
