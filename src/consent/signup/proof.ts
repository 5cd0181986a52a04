/**
 * Proof of work (ALTCHA, https://altcha.org): the browser searches for a number, which costs it about a second and a
 * flood of forms a great deal. Self-hosted: nobody else learns who subscribes. A solution works once.
 */
import { createChallenge, verifySolution } from 'altcha-lib/v1';
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import type { Keys } from '../keys.ts';

/** The browser tries half of them on average. */
const MAX_NUMBER = 60_000;
const VALID_MS = 20 * 60_000;
const MAX_CHARACTERS = 2_000;

const hmacKeys = (keys: Keys): string[] => keys.hashesOf('altcha', '').map((hash) => hash.toString('hex'));

export type Challenge = Awaited<ReturnType<typeof createChallenge>>;

export function makeChallenge(keys: Keys, now: Date): Promise<Challenge> {
  const [hmacKey = ''] = hmacKeys(keys);
  return createChallenge({ hmacKey, maxNumber: MAX_NUMBER, expires: new Date(now.getTime() + VALID_MS) });
}

/** True for a right solution of a challenge of ours, once. */
export async function redeemSolution(db: Db, keys: Keys, solution: string): Promise<boolean> {
  if (solution === '' || solution.length > MAX_CHARACTERS) return false;
  for (const key of hmacKeys(keys)) {
    if (await isRight(solution, key)) return spendChallenge(db, solution);
  }
  return false;
}

async function isRight(solution: string, hmacKey: string): Promise<boolean> {
  try {
    return await verifySolution(solution, hmacKey);
  } catch {
    return false;
  }
}

async function spendChallenge(db: Db, solution: string): Promise<boolean> {
  const { challenge } = JSON.parse(Buffer.from(solution, 'base64').toString('utf8')) as { challenge: string };
  const result = await sql`INSERT INTO spent_challenges (challenge, until)
    VALUES (${challenge}, clock_timestamp() + ${VALID_MS} * interval '1 millisecond') ON CONFLICT DO NOTHING`.execute(
    db,
  );
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** An expired challenge needs no memory. */
export async function deleteSpentChallenges(db: Db): Promise<void> {
  await sql`DELETE FROM spent_challenges WHERE until < clock_timestamp()`.execute(db);
}
