/**
 * Standard Webhooks: HMAC over the id, the timestamp and the bytes of the body. The library of that name reads the clock
 * itself and turns the body into text first; with what the other providers need anyway, this is shorter than using it.
 */
import { type EventRequest, type KnownSender, NotAuthentic } from './provider.ts';
import { checkAge, hmacSha256, sameBytes, secondsToDate } from './signatures.ts';

/** Its timestamp is that of the attempt. */
const MAX_AGE_MS = 5 * 60_000;

/** Returns the id of the event. Throws NotAuthentic. */
export function verifyStandardWebhook(
  { headers, body }: EventRequest,
  { secrets, now }: KnownSender,
): string {
  const header = (name: string) => headers[`webhook-${name}`] ?? headers[`svix-${name}`] ?? '';
  const id = header('id');
  const timestamp = header('timestamp');
  if (!/^[\x21-\x7e]{1,200}$/.test(id)) throw new NotAuthentic('it has no id');
  checkAge(secondsToDate(timestamp), now, MAX_AGE_MS);
  const expected = secrets.map((secret) => hmacSha256(keyOf(secret), `${id}.${timestamp}.`, body));
  // Several while a secret is being replaced.
  const given = header('signature')
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice('v1,'.length), 'base64'));
  if (!given.some((one) => expected.some((ours) => sameBytes(one, ours))))
    throw new NotAuthentic('its signature is wrong');
  return id;
}

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
