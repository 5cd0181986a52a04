/** Each relay, tried as `postrider relay test` does: connection, TLS, certificate, login, MAIL and RCPT. No mail is sent. */
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { RelayDown, RelayRefusesLogin } from '../../errors.ts';
import type { EnvelopeTrial, Relay, RelayCapabilities, Reply } from '../../ports.ts';
import { certificateFindings } from '../check/certificate.ts';
import { type Check, error, type Finding, note, ok, warning } from '../check/check.ts';
import { isLocalName, pointlessWithoutRelay, realRelays, type Situation } from '../check/situation.ts';
import { sampleMail } from './sample.ts';

export const relayCheck: Check = {
  name: 'relay',
  limitMs: 15_000,
  pointless: pointlessWithoutRelay,
  async run(situation) {
    const relays = realRelays(situation);
    if (relays.length === 0)
      return [
        error({
          subject: 'SMTP_URL',
          expected: 'a relay',
          found: 'none, so nothing can be sent',
          change: 'set SMTP_URL, e.g. smtp://user:password@mail.example.org:587',
        }),
      ];
    const [newsletter] = await situation.newsletters().catch(() => [] as Newsletter[]);
    const found = await Promise.all(relays.map((relay) => tryRelay(situation, relay, newsletter ?? null)));
    return found.flat();
  },
};

/** Less than the check's own limit, so that a relay which hangs does not hide what the others said. */
const RELAY_LIMIT_MS = 12_000;

async function tryRelay(
  situation: Situation,
  relay: Relay,
  newsletter: Newsletter | null,
): Promise<Finding[]> {
  const { clock } = situation;
  const { name, host, port } = relay.settings;
  const subject = `relay ${name}`;
  const stop = new AbortController();
  const late = clock.sleep(RELAY_LIMIT_MS, stop.signal).then(() => {
    throw new RelayDown(`${host}:${port} did not answer within ${RELAY_LIMIT_MS / 1_000} s`);
  });
  late.catch(() => {});
  try {
    const envelope = newsletter ? sampleMail(situation, newsletter, relay).envelope : undefined;
    const { trial, ...capabilities } = await Promise.race([relay.probe(envelope), late]);
    return [
      ...connection(subject, relay, capabilities),
      ...certificateFindings({
        subject,
        host,
        // On this machine, nobody can stand in between.
        certificate: isLocalName(host) ? null : capabilities.certificate,
        now: clock.now(),
        required: relay.settings.tls === 'required',
        renew: `on the relay ${host}`,
      }),
      ...(trial ? envelopeFindings(subject, trial) : []),
    ];
  } catch (cause) {
    return [refusal(subject, relay, cause)];
  } finally {
    stop.abort();
  }
}

function connection(subject: string, { settings }: Relay, found: RelayCapabilities): Finding[] {
  const secured = `${settings.host}:${settings.port}, ${found.tls ?? 'no TLS'}, ${found.login ? 'login accepted' : 'no login'}`;
  const expected = 'a connection with TLS';
  if (found.tls !== null || isLocalName(settings.host)) return [ok(subject, expected, secured)];
  return [
    warning({
      subject,
      expected,
      found: `${secured}: mails go over the network in the clear`,
      change: 'let the relay offer STARTTLS, then set tls=required in SMTP_URL',
    }),
  ];
}

function envelopeFindings(subject: string, { mail, rcpt }: EnvelopeTrial): Finding[] {
  const reply = mail !== null && mail.code < 400 ? rcpt : mail;
  const expected = "the relay takes mail from the newsletter's sender";
  if (reply !== null && reply.code < 400) return [ok(subject, expected, sayReply(reply))];
  const fault = { subject, expected, found: reply === null ? 'no reply' : sayReply(reply) };
  if (reply !== null && reply.code < 500)
    return [note({ ...fault, change: 'try again later: it may be greylisting' })];
  return [
    error({
      ...fault,
      change:
        'allow this sender at the relay, or verify its domain at the provider (postrider relay test tries another sender with --from)',
    }),
  ];
}

const sayReply = ({ code, text }: Reply): string => `${code} ${text}`.trim();

function refusal(subject: string, { settings }: Relay, cause: unknown): Finding {
  const found = cause instanceof Error ? cause.message : String(cause);
  const expected = `a relay at ${settings.host}:${settings.port}`;
  if (cause instanceof RelayRefusesLogin)
    return error({ subject, expected, found, change: 'check user, password, auth= and tls= in SMTP_URL' });
  return error({
    subject,
    expected,
    found,
    change:
      'check host and port in SMTP_URL (587 or 25 for smtp://, 465 for smtps://), the certificate of the relay, and the network in between',
  });
}
