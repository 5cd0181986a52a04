/**
 * The keys that stand in the URLs of providers: `/feedback/PROVIDER/KEY`. A key is 32 random bytes; only its hash is
 * stored, so the URL is shown once.
 */
import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';
import { isProvider, type ProviderName, providers } from '../providers/providers.ts';

export interface FeedbackKey {
  id: number;
  provider: ProviderName;
  pinned: string | null;
}

export interface ListedKey extends FeedbackKey {
  createdAt: Date;
  revokedAt: Date | null;
  lastEventAt: Date | null;
}

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Returns the key, for this once. Throws Refused('bad-topic' | 'bad-public-key'). */
export async function createKey(
  db: Db,
  provider: ProviderName,
  pinned: string | null,
): Promise<{ id: number; key: string }> {
  const key = randomBytes(32).toString('base64url');
  const { id } = await db
    .insertInto('feedback_keys')
    .values({ provider, key_hash: hashOf(key), pinned: checkPinned(provider, pinned) })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, key };
}

/** Throws Refused('unknown-feedback-key'), and what createKey throws. */
export async function pinKey(db: Db, id: number, pinned: string): Promise<FeedbackKey> {
  const found = (await listKeys(db)).find((one) => one.id === id && one.revokedAt === null);
  if (!found) throw unknownKey(id);
  const checked = checkPinned(found.provider, pinned);
  await db.updateTable('feedback_keys').set({ pinned: checked }).where('id', '=', id).execute();
  return { ...found, pinned: checked };
}

/** From now on the URL answers like one that never was. Throws Refused('unknown-feedback-key'). */
export async function revokeKey(db: Db, id: number): Promise<void> {
  const done = await db
    .updateTable('feedback_keys')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, clock_timestamp())` })
    .where('id', '=', id)
    .executeTakeFirst();
  if (done.numUpdatedRows === 0n) throw unknownKey(id);
}

export async function listKeys(db: Db): Promise<ListedKey[]> {
  const rows = await db
    .selectFrom('feedback_keys')
    .select(['id', 'provider', 'pinned', 'created_at', 'revoked_at', 'last_event_at'])
    .orderBy('id')
    .execute();
  return rows.flatMap(({ id, provider, pinned, created_at, revoked_at, last_event_at }) =>
    isProvider(provider)
      ? [{ id, provider, pinned, createdAt: created_at, revokedAt: revoked_at, lastEventAt: last_event_at }]
      : [],
  );
}

/** Null for a key that we never gave to this provider, or revoked. */
export async function findKey(db: Db, provider: string, key: string): Promise<FeedbackKey | null> {
  if (!isProvider(provider) || !/^[\w-]{43}$/.test(key)) return null;
  const row = await db
    .selectFrom('feedback_keys')
    .select(['id', 'pinned'])
    .where('provider', '=', provider)
    .where('key_hash', '=', hashOf(key))
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row ? { ...row, provider } : null;
}

/** Notes that the provider uses the key; exact to a minute, so that a burst does not fight for the row. */
export async function noteUse(db: Db, id: number): Promise<void> {
  await sql`
    UPDATE feedback_keys SET last_event_at = clock_timestamp()
    WHERE id = ${id} AND coalesce(last_event_at, '-infinity') < clock_timestamp() - interval '1 minute'`.execute(
    db,
  );
}

function checkPinned(provider: ProviderName, pinned: string | null): string | null {
  if (pinned === null) return null;
  const { pins } = providers[provider] as { pins?: { check: (text: string) => string } };
  if (!pins) throw new Refused('nothing-to-pin', `a key of ${provider} needs no --topic and no --public-key`);
  return pins.check(pinned);
}

const unknownKey = (id: number): Refused =>
  new Refused('unknown-feedback-key', `there is no key ${id} (postrider feedback key list shows them)`);
