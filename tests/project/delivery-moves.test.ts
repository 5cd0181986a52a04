import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unsubscribe } from '../../src/db/functions/unsubscribe.ts';
import { fromStates, type Move, type Target } from '../../src/ledger/moves/transitions.ts';

/**
 * The only files with a statement that sets the state of a delivery: the builder of all moves, and the statement of the
 * hot path. Both take their from-states from the table in transitions.ts.
 */
const WRITERS = ['src/ledger/mark-and-settle.ts', 'src/ledger/moves/move-deliveries.ts'];
/** Functions of the schema are frozen text; the test below compares them with the table. */
const FUNCTIONS = 'src/db/functions/unsubscribe.ts';

/** An UPDATE of deliveries, or of one of its partitions, whose assignments name `state`. */
const UPDATE =
  /UPDATE\s+(?:ONLY\s+)?(?:deliveries\w*|\$\{\w*partition\w*\})\s[^;`]*?\bstate\s*=[^;`]*?(?:WHERE|FROM|`)/gi;
/** Inserts always give a state, or leave it to the default. */
const INSERT = /INSERT\s+INTO\s+(?:deliveries\w*|\$\{\w*partition\w*\})[\s(]/gi;
const BUILDER = /(?:updateTable|insertInto|mergeInto)\(\s*['"`]deliveries/g;

const setsState = (update: string): boolean => /\bstate\s*=/.test(update.split(/\b(?:WHERE|FROM)\b/)[0]!);

const writesState = (source: string): boolean =>
  [...source.matchAll(UPDATE)].some(([update]) => setsState(update)) ||
  source.search(INSERT) >= 0 ||
  source.search(BUILDER) >= 0;

test('only the move functions of the ledger set the state of a delivery', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', name));
  const writers = files.filter((file) => writesState(readFileSync(file, 'utf8')));
  expect(writers.sort()).toEqual([FUNCTIONS, ...WRITERS]);
});

test.each([
  "sql`UPDATE deliveries SET state = 'skipped' WHERE id = 1`",
  "sql`UPDATE deliveries d SET reason = 'x',\n  state = CASE WHEN true THEN 'planned' END FROM page WHERE d.id = page.id`",
  "sql`UPDATE deliveries_1 SET state = 'planned' WHERE id = 1`",
  "sql`INSERT INTO deliveries (issue_id, state) VALUES (1, 'accepted')`",
  "db.updateTable('deliveries').set({ state: 'accepted' })",
])('a statement that sets it is found: %s', (source) => expect(writesState(source)).toBe(true));

test.each([
  "sql`UPDATE deliveries SET due_at = NULL WHERE state = 'planned'`",
  "sql`UPDATE issues SET state = 'sent'`; sql`SELECT state FROM deliveries`",
])('one that does not is not: %s', (source) => expect(writesState(source)).toBe(false));

/** The moves of the frozen functions, in the order of their text. */
const FUNCTION_MOVES: readonly [Move, Target<Move>][] = [
  ['skip', 'skipped'],
  ['skip', 'skipped'],
  ['acceptByEvidence', 'accepted'],
] as [Move, Target<Move>][];

test('the functions of the database move deliveries as the table says', () => {
  const updates = [...unsubscribe.matchAll(/UPDATE deliveries\b[^;]*;/g)].map(([update]) => ({
    to: /SET state = '(\w+)'/.exec(update)?.[1],
    from: [...update.matchAll(/state (?:= |IN \()('[^)A-Z]*')/g)]
      .slice(1)
      .flatMap(([, list = '']) => [...list.matchAll(/'(\w+)'/g)].map(([, state]) => state))
      .sort(),
  }));
  expect(updates).toEqual(
    FUNCTION_MOVES.map(([move, to]) => ({ to, from: [...fromStates(move, to)].sort() })),
  );
});
