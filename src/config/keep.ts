/** POSTRIDER_KEEP: `kind=time` pairs that override how long personal data is kept. */
import { defaultRetention, type Retention } from '../audience/retention.ts';
import { BadValue } from './reader.ts';

const KINDS = Object.keys(defaultRetention) as (keyof Retention)[];
const DAYS: Readonly<Record<string, number>> = { d: 1, y: 365 };

export function parseKeep(text: string): Retention {
  const keep = { ...defaultRetention };
  for (const pair of text.split(/\s+/)) {
    const [name, time, ...rest] = pair.split('=');
    const kind = KINDS.find((known) => known === name);
    if (!kind || time === undefined || rest.length > 0)
      throw new BadValue(`expected kind=time with ${KINDS.join(', ')}, found "${pair}"`);
    keep[kind] = daysOf(time, pair);
  }
  return keep;
}

function daysOf(time: string, pair: string): number | null {
  if (time === 'forever') return null;
  const match = /^([1-9]\d{0,4})([dy])$/.exec(time);
  if (match) return Number(match[1]) * DAYS[match[2]!]!;
  throw new BadValue(`expected a time such as 90d, 3y or forever, found "${pair}"`);
}
