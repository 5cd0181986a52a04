import { expect, test } from 'vitest';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { walkUntilSeen } from '../life-walk.ts';

const database = useTestDatabase();

/** The editor's resend, evidence, a second try: all that may follow an end. */
const later = ['unknown -> accepted', 'unknown -> planned', 'refused -> planned', 'planned -> accepted'];

test('in many histories every move that may follow an end happens, and still nobody gets two dots', async () => {
  const seen = await walkUntilSeen(database.db, 200, later);
  expect([...seen]).toEqual(expect.arrayContaining(later));
});
