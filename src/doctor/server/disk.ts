/** Free space where the embedded database lives. A server of its own keeps its disk to itself. */
import { type Check, error, ok, warning } from '../check/check.ts';

const GIGABYTE = 1_073_741_824;
const LITTLE = 2 * GIGABYTE;
const NEXT_TO_NOTHING = GIGABYTE / 4;

export const diskCheck: Check = {
  name: 'disk',
  limitMs: 5_000,
  pointless: ({ settings }) =>
    settings.way === 'embedded'
      ? null
      : 'PostgreSQL does not tell how much space its disk has: watch it there',
  async run({ settings: { home }, freeBytes }) {
    const free = await freeBytes(home);
    const expected = `at least ${LITTLE / GIGABYTE} GB free`;
    const found = `${(free / GIGABYTE).toFixed(1)} GB`;
    if (free >= LITTLE) return [ok(home, expected, found)];
    const change =
      'make room on this disk, or set POSTRIDER_HOME to another one: a full disk stops every send';
    return [(free < NEXT_TO_NOTHING ? error : warning)({ subject: home, expected, found, change })];
  },
};
