/** Saves the form of a reader's preferences. */
import type { FastifyRequest } from 'fastify';
import { timeZoneOf } from '../../audience/fields/time-zone.ts';
import { chooseFrequency } from '../../consent/choosing/frequency.ts';
import {
  type ChosenNewsletter,
  endOfPause,
  type Preferences,
  saveProfile,
} from '../../consent/choosing/preferences.ts';
import { readAddress } from '../../consent/identity.ts';
import { readName } from '../../consent/name.ts';
import { subscribe } from '../../consent/signup/subscribe.ts';
import { unsubscribe } from '../../consent/unsubscribe.ts';
import { languagesOf } from '../../render/theme/words.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { clientIp, originOf } from '../public/origin.ts';
import type { PageContext } from '../public/page.ts';
import { wakeWorkers } from '../public/wake-workers.ts';
import type { Link } from './link.ts';
import { FREQUENCIES, NONE } from './page.ts';

/** Returns the words that tell what was done. */
export async function savePreferences(
  parts: WebParts,
  request: FastifyRequest,
  page: PageContext,
  link: Link,
): Promise<string> {
  const { name, language, timezone } = link.preferences;
  const given = (key: string, known: string | null, read: (text: string) => string | null) =>
    has(request, key) ? read(field(request, key)) : known;
  const spoken = [...languagesOf(parts.emails), language];
  const profile = {
    name: given('name', name, readName),
    language: given('language', language, (text) => spoken.find((tag) => tag === text) ?? null),
    timezone: given('timezone', timezone, (text) => (text === '' ? null : timeZoneOf(text))),
  };
  await parts.db.transaction().execute((trx) => saveProfile(trx, link.ref, profile));
  const wanted: ChosenNewsletter[] = [];
  for (const newsletter of link.preferences.newsletters)
    if (await saveOne(parts, request, page, link, newsletter)) wanted.push(newsletter);
  if (wanted.length === 0) return 'saved';
  await ask(parts, request, page, { ...link.preferences, ...profile }, wanted);
  return 'asked';
}

/** True when they asked for a newsletter, which their mailbox must confirm. */
async function saveOne(
  parts: WebParts,
  request: FastifyRequest,
  page: PageContext,
  { preferences }: Link,
  { id, state, pausedUntil }: ChosenNewsletter,
): Promise<boolean> {
  const wanted = field(request, `frequency-${id}`);
  const ref = { newsletter: id, subscriber: preferences.subscriberId };
  if (wanted === NONE && state === 'confirmed') {
    const origin = originOf(parts, request, 'page', page.language);
    await unsubscribe(parts.db, parts.clock, { ...ref, by: 'reader', origin });
    return false;
  }
  const frequency = FREQUENCIES.find((one) => one === wanted);
  if (!frequency || state !== 'confirmed') return frequency !== undefined;
  const day = has(request, `pause-${id}`) ? field(request, `pause-${id}`) : (pausedUntil ?? '');
  const until = await endOfPause(parts.db, id, preferences.subscriberId, day);
  const choice = { frequency, pausedUntil: until };
  await parts.db.transaction().execute((trx) => chooseFrequency(trx, ref, choice));
  return false;
}

/** The normal confirmation, under the same budgets as the public form; whatever comes of it, the answer is the same. */
async function ask(
  parts: WebParts,
  request: FastifyRequest,
  page: PageContext,
  { subscriberId, name, language }: Preferences,
  wanted: readonly ChosenNewsletter[],
): Promise<void> {
  const person = await readPerson(parts.db, subscriberId);
  if (!person) return;
  const names = new Intl.ListFormat(page.language).format(wanted.map((one) => one.name));
  const result = await parts.db.transaction().execute((trx) =>
    subscribe(trx, parts.keys, {
      newsletterIds: wanted.map(({ id }) => id),
      address: readAddress(person.email),
      name,
      language,
      wording: page.say('page.subscribe.wording', { newsletter: names }),
      origin: originOf(parts, request, 'page', page.language),
      ip: clientIp(request),
    }),
  );
  if (result.lane !== null) wakeWorkers(parts);
}

const readPerson = (db: WebParts['db'], id: number) =>
  db.selectFrom('subscribers').select('email').where('id', '=', id).executeTakeFirst();

/** The form had this field; a field that it had not leaves what is known. */
const has = (request: FastifyRequest, name: string): boolean =>
  typeof request.body === 'object' && request.body !== null && Object.hasOwn(request.body, name);
