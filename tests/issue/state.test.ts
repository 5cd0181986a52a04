import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import type { IssueState } from '../../src/db/schema.ts';
import { eachDue, MOVES, type Move, MoveRefused, mayMove, moveIssue } from '../../src/issue/state.ts';
import { insertIssue, insertNewsletter } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();
const db = () => database.db;
let newsletter: number;
beforeAll(async () => {
  newsletter = await insertNewsletter(db());
});

const STATES: IssueState[] = ['draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled', 'archived'];

const stateOf = (id: number) =>
  db()
    .selectFrom('issues')
    .select(['state', 'reason_code', 'reason_detail'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

describe.each(Object.keys(MOVES) as Move[])('%s', (move) => {
  test.each(STATES)('an issue that is %s: moved, or refused and left as it is', async (state) => {
    const id = await insertIssue(db(), newsletter, {
      state,
      reason_code: 'restored',
      reason_detail: 'a copy',
    });
    const moving = db()
      .transaction()
      .execute((trx) => moveIssue(trx, id, move, { code: 'canary', detail: 'look' }));
    if (mayMove(move, state)) {
      await moving;
      expect(await stateOf(id)).toEqual({
        state: MOVES[move].to,
        reason_code: 'canary',
        reason_detail: 'look',
      });
    } else {
      await expect(moving).rejects.toThrow(MoveRefused);
      await expect(moving).rejects.toMatchObject({ code: 'issue-state', state });
      expect(await stateOf(id)).toEqual({ state, reason_code: 'restored', reason_detail: 'a copy' });
    }
  });
});

test('an issue that is not there is refused, too', async () => {
  const moving = db()
    .transaction()
    .execute((trx) => moveIssue(trx, 999_999, 'cancel'));
  await expect(moving).rejects.toMatchObject({ code: 'issue-state', state: null });
});

test('of ten that look at once, one acts; what no longer holds under the lock is left', async () => {
  const id = await insertIssue(db(), newsletter, { state: 'scheduled' }, {});
  const due = sql`i.id = ${id} AND i.state = 'scheduled'`;
  const acts = Array.from({ length: 10 }, () => eachDue(db(), due, (trx) => moveIssue(trx, id, 'start')));
  expect((await Promise.all(acts)).flat()).toEqual([id]);
});
