/** A message of each newsletter, signed by our keys and verified as a receiver would, with its unsubscribe headers. */
import type { KeyObject } from 'node:crypto';
import { keysFor } from '../../delivery/relay/dkim/aligned-keys.ts';
import type { Relay } from '../../ports.ts';
import { type Check, error, type Finding, ok, warning } from '../check/check.ts';
import { pointlessWithoutRelay, type Situation } from '../check/situation.ts';
import { readKeyRecord } from '../dkim/key-record.ts';
import { type KeyLookup, type Signature, verifySignatures } from '../dkim/verify.ts';
import { absence } from '../dns/answer.ts';
import { keyName } from './dkim-keys.ts';
import { sampleMail } from './sample.ts';
import { type Sender, sendersOf } from './senders.ts';

export const signatureCheck: Check = {
  name: 'signature',
  limitMs: 15_000,
  pointless: pointlessWithoutRelay,
  async run(situation) {
    const pairs = (await sendersOf(situation)).flatMap((sender) =>
      sender.relays.map((relay) => ({ sender, relay })),
    );
    const found = await Promise.all(pairs.map((pair) => checkPair(situation, pair.sender, pair.relay)));
    return found.flat();
  },
};

const UNSUBSCRIBE = ['list-unsubscribe', 'list-unsubscribe-post'];

async function checkPair(
  situation: Situation,
  { newsletter, domain }: Sender,
  relay: Relay,
): Promise<Finding[]> {
  const subject = `newsletter ${newsletter.slug} through relay ${relay.settings.name}`;
  const message = sampleMail(situation, newsletter, relay).bytes;
  const headers = unsubscribeHeaders(subject, message);
  if (keysFor(relay.settings.dkim, domain).length === 0) return headers;
  const signed = await situation.sign(relay, message);
  const signatures = await verifySignatures(signed, lookUp(situation));
  return [...headers, ...signatures.flatMap((signature) => judge(subject, relay, signature))];
}

function judge(
  subject: string,
  { settings }: Relay,
  { domain, selector, covered, broken }: Signature,
): Finding[] {
  const name = keyName({ selector, domain });
  const expected = 'a signature that a receiver can verify, over both unsubscribe headers';
  if (broken !== null)
    return [
      error({
        subject,
        expected,
        found: `the signature of ${name} does not hold: ${broken}`,
        change: 'see the findings of dkim for this key',
      }),
    ];
  const left = UNSUBSCRIBE.filter((field) => !covered.includes(field));
  if (left.length === 0) return [ok(subject, expected, `signed and verified with ${name}`)];
  return [
    warning({
      subject,
      expected,
      found: `the signature leaves out ${left.join(' and ')}, so mail programs may offer no one-click unsubscribe (RFC 8058 4)`,
      change: `take ${left.join(',')} out of unsigned= of relay ${settings.name} in SMTP_URL`,
    }),
  ];
}

const lookUp =
  ({ dns }: Situation): KeyLookup =>
  async (selector, domain): Promise<KeyObject | string> => {
    const answer = await dns.txt(keyName({ selector, domain }));
    if (answer.kind !== 'found') return absence(answer, 'TXT');
    const { key, revoked, faults } = readKeyRecord(answer.records[0]!);
    if (revoked) return 'the key is revoked';
    return faults.length > 0 || !key ? `its key cannot be used (${faults.join('; ')})` : key;
  };

/** RFC 8058 3.1 and 3.2: one https address, and the field that allows a POST to it. */
function unsubscribeHeaders(subject: string, message: Buffer): Finding[] {
  const head = message.toString('latin1', 0, message.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  const [, link = ''] = /^List-Unsubscribe:.*?<(https?:[^>]+)>/im.exec(head) ?? [];
  const post = /^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/im.test(head);
  const expected = 'List-Unsubscribe with an https address, and List-Unsubscribe-Post';
  if (post && link.startsWith('https:'))
    return [ok(subject, expected, 'List-Unsubscribe and List-Unsubscribe-Post are there')];
  return [
    error({
      subject,
      expected,
      found: link.startsWith('http:')
        ? `the address ${new URL(link).origin}/..., which is not https`
        : 'no address',
      change:
        'set PUBLIC_URL to an https address: mail programs offer one-click unsubscribe for nothing else',
    }),
  ];
}
