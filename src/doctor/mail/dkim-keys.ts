/** DKIM: whether the DNS publishes the keys that we sign with. */
import { keysFor } from '../../delivery/relay/dkim/aligned-keys.ts';
import type { DkimKey } from '../../ports.ts';
import { type Check, error, type Finding, note, ok, warning } from '../check/check.ts';
import { pointlessWithoutRelay, type Situation } from '../check/situation.ts';
import { ADVISED_RSA_BITS, bitsOf, keyRecordText, readKeyRecord } from '../dkim/key-record.ts';
import { type Answer, absence } from '../dns/answer.ts';
import { txtRecord } from '../dns/record.ts';
import { groupBy, type Sender, sendersOf } from './senders.ts';

export const dkimKeysCheck: Check = {
  name: 'dkim',
  limitMs: 15_000,
  pointless: pointlessWithoutRelay,
  async run(situation) {
    const senders = await sendersOf(situation);
    const used = senders.flatMap(({ relays, domain }) =>
      relays.flatMap(({ settings }) => keysFor(settings.dkim, domain)),
    );
    const keys = [...groupBy(used, keyName).values()].map(([key]) => key!);
    const found = await Promise.all(keys.map((key) => checkKey(situation, key)));
    return [...found.flat(), ...unsignedRelays(senders)];
  },
};

export const keyName = ({ selector, domain }: Pick<DkimKey, 'selector' | 'domain'>): string =>
  `${selector}._domainkey.${domain.toLowerCase()}`;

/** The key that the DNS has for a signature, and what is wrong with it. */
async function checkKey(situation: Situation, key: DkimKey): Promise<Finding[]> {
  const name = keyName(key);
  const ours = situation.publicKey(key);
  const record = txtRecord(name, keyRecordText(ours));
  const [answer, alias] = await Promise.all([situation.dns.txt(name), situation.dns.cname(name)]);
  const target = alias.kind === 'found' ? alias.records[0]! : null;
  const where =
    target === null
      ? `publish this at the DNS provider of ${key.domain}`
      : `${name} is a CNAME of ${target}: publish the key there, or replace the CNAME at the DNS provider of ${key.domain} by this`;
  const bad = (found: string, expected = 'the public key of what we sign with'): Finding[] => [
    error({ subject: name, expected, found, change: where, record }),
  ];
  if (answer.kind === 'failed') return [outage(name, key, answer)];
  if (answer.kind !== 'found')
    return bad(target === null ? absence(answer, 'TXT') : `a CNAME of ${target}, which has no key`);
  if (answer.records.length > 1)
    return bad(`${answer.records.length} TXT records, of which receivers take any`, 'one TXT record');
  const published = readKeyRecord(answer.records[0]!);
  if (published.revoked) return bad('an empty p=: this key is revoked');
  if (published.faults.length > 0) return bad(published.faults.join('; '));
  if (!published.key!.equals(ours)) return bad(`another key than that of ${key.keyFile}`);
  const kind = bitsOf(ours) > 0 ? `RSA, ${bitsOf(ours)} bits` : 'Ed25519';
  const via = target === null ? '' : `, by a CNAME of ${target}`;
  return [
    ok(name, 'the public key of what we sign with', `${kind}${via}`),
    ...(published.testing ? [testMode(name, key, record)] : []),
    ...(bitsOf(ours) > 0 && bitsOf(ours) < ADVISED_RSA_BITS ? [shortKey(name, key, bitsOf(ours))] : []),
  ];
}

const outage = (subject: string, { domain }: DkimKey, answer: Answer<string> & { kind: 'failed' }): Finding =>
  (answer.why === 'timeout' ? warning : error)({
    subject,
    expected: 'a TXT record with our key',
    found: absence(answer, 'TXT'),
    change: `have the name servers of ${domain} mended: receivers get no answer either (SERVFAIL is often broken DNSSEC)`,
  });

const testMode = (subject: string, { domain }: DkimKey, record: Finding['record']): Finding =>
  warning({
    subject,
    expected: 'no t=y',
    found: 't=y, test mode: receivers may treat these mails as unsigned',
    change: `publish it without t=y at the DNS provider of ${domain}`,
    record,
  });

const shortKey = (subject: string, { domain, selector }: DkimKey, bits: number): Finding =>
  note({
    subject,
    expected: `${ADVISED_RSA_BITS} bits, as receivers advise`,
    found: `${bits} bits`,
    change: `make a new key (openssl genrsa -out dkim.pem ${ADVISED_RSA_BITS}) under another selector than "${selector}", run postrider doctor for its record, and name it in SMTP_URL (dkim=${domain}:SELECTOR:/path/dkim.pem)`,
  });

function unsignedRelays(senders: readonly Sender[]): Finding[] {
  return senders.flatMap(({ newsletter, domain, relays }) =>
    relays
      .filter(({ settings }) => keysFor(settings.dkim, domain).length === 0)
      .map(({ settings: { name, dkim } }) => {
        const fault = {
          subject: `newsletter ${newsletter.slug} through relay ${name}`,
          expected: `a DKIM signature of ${domain}`,
          change: `let the relay sign for ${domain} (look at Authentication-Results of a mail from postrider relay test ${name} ADDRESS), or sign here: dkim=${domain}:SELECTOR:/path/key.pem in SMTP_URL`,
        };
        return dkim.length === 0
          ? note({
              ...fault,
              found: 'Postrider does not sign; whether the relay does cannot be seen from here',
            })
          : warning({
              ...fault,
              found: `keys of other domains only (${dkim.map((key) => key.domain).join(', ')})`,
            });
      }),
  );
}
