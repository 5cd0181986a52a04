/**
 * One-click unsubscribe as a mailbox provider does it (RFC 8058): a POST in either encoding, without cookies, from
 * outside. The token belongs to nobody, so the right answer is our own 404.
 */
import { type Check, error, type Finding, ok } from '../check/check.ts';
import { pointlessLocally, type Situation, type WebAnswer, type WebRequest } from '../check/situation.ts';
import { askOurselves, header, isRedirect } from './reach.ts';

export const oneClickCheck: Check = {
  name: 'one-click',
  limitMs: 15_000,
  pointless: pointlessLocally,
  async run(situation) {
    return Promise.all(ENCODINGS.map((encoding) => tryEncoding(situation, ...encoding)));
  },
};

const BOUNDARY = 'postrider-doctor';
const ENCODINGS: readonly (readonly [type: string, body: string])[] = [
  ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
  [
    `multipart/form-data; boundary=${BOUNDARY}`,
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${BOUNDARY}--\r\n`,
  ],
];

async function tryEncoding(situation: Situation, type: string, body: string): Promise<Finding> {
  const request: WebRequest = { method: 'POST', headers: { 'content-type': type }, body };
  const answer = await askOurselves(situation, '/unsubscribe/doctor', request);
  const fault = faultOf(answer);
  const subject = `POST ${situation.settings.publicUrl}/unsubscribe/... (${type.replace(/;.*/, '')})`;
  const expected = 'the answer of Postrider: no redirect, no cookie';
  if (fault === null) return ok(subject, expected, `${answer.status} for a link of nobody`);
  return error({ subject, expected, ...fault });
}

/** Every answer of ours has this field; one of a proxy hardly ever. */
const isOurs = (answer: WebAnswer): boolean => header(answer, 'referrer-policy') === 'no-referrer';

function faultOf(answer: WebAnswer): { found: string; change: string } | null {
  if (isRedirect(answer))
    return {
      found: `a redirect to ${header(answer, 'location')}`,
      change:
        'let the proxy pass POST requests below /unsubscribe/ on, whatever the name or scheme; set PUBLIC_URL to the address that needs no redirect',
    };
  if (answer.headers['set-cookie'] !== undefined)
    return {
      found: 'a cookie, set by something in front of Postrider',
      change: 'switch off sessions, bot protection and cookie walls for /unsubscribe/ at the proxy or CDN',
    };
  if (answer.status === 404 && isOurs(answer)) return null;
  if ([401, 403, 405, 429].includes(answer.status))
    return {
      found: `status ${answer.status}${isOurs(answer) ? '' : ', from something in front of Postrider'}`,
      change: 'allow POST to /unsubscribe/ at the proxy, firewall or CDN, from anywhere and without a login',
    };
  return {
    found: `status ${answer.status}${isOurs(answer) ? '' : ', which is not from Postrider'}`,
    change:
      answer.status >= 500
        ? 'look at the log of postrider web'
        : 'let the proxy pass all requests below PUBLIC_URL on to postrider web',
  };
}
