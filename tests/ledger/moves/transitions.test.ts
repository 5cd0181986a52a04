import { expect, test } from 'vitest';
import {
  ForbiddenMove,
  fromStates,
  fromStatesSql,
  type Target,
} from '../../../src/ledger/moves/transitions.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { walkUntilSeen } from '../life-walk.ts';

const database = useTestDatabase();

const usual = ['planned -> handing', 'planned -> skipped', 'deferred -> handing', 'handing -> planned'];
const ends = ['accepted', 'refused', 'deferred', 'unknown'].map((state) => `handing -> ${state}`);

test('whatever happens in whatever order, the ledger adds up and nobody gets two dots', async () => {
  const wanted = [...usual, ...ends];
  // A walk that never gets anywhere would prove nothing.
  expect([...(await walkUntilSeen(database.db, 40, wanted))]).toEqual(expect.arrayContaining(wanted));
});

test('each move names the states that it may start from', () => {
  expect(fromStates('mark', 'handing')).toEqual(['planned', 'deferred']);
  expect(fromStatesSql('abandon', 'unknown')).toBe("'handing'");
});

test('a move that is not in the table cannot be written', () => {
  // @ts-expect-error: only the mark puts a delivery on the wire
  expect(() => fromStates('skip', 'handing')).toThrow(ForbiddenMove);
  expect(() => fromStates('settleUnmarked', 'accepted' as Target<'settleUnmarked'>)).toThrow(ForbiddenMove);
});
