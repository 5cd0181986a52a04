/**
 * `postrider relay test`: tries a relay step by step, including MAIL and RCPT, and sends one message through it when an
 * address is given.
 */
import { randomBytes } from 'node:crypto';
import { listNewsletters } from '../../audience/newsletters/newsletter.ts';
import type { Program } from '../../bootstrap.ts';
import { readAddress } from '../../consent/identity.ts';
import { Refused, RelayDown, RelayRefusesLogin, Usage } from '../../errors.ts';
import type { EnvelopeTrial, Relay, RelayCapabilities, Reply } from '../../ports.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { facts } from '../text.ts';
import { findRelay } from './find.ts';

export async function tryRelay(
  open: OpenContext,
  name: string,
  address: string | null,
  from: string | null,
): Promise<void> {
  const { program } = await open();
  const relay = findRelay(program, name);
  const sender = await senderOf(program, from);
  const message = address === null ? null : testMessage(program, address, sender);
  const envelope = message === null && sender !== null ? { from: sender, to: sender } : undefined;
  const { trial, ...capabilities } = await withAdvice(relay.probe(envelope));
  const sent = message && (await withAdvice(sendOne(relay, message)));
  const { host, port } = relay.settings;
  out(
    { relay: name, host, port, ...capabilities, ...triedReplies(trial), sent },
    facts([...findings(relay, capabilities), ...trialFacts(sender, message, trial), ...sentFacts(sent)]),
  );
  if ((sent && !sent.accepted) || isRefused(trial)) process.exitCode = 1;
}

/** Null when there is no newsletter to take a sender from. */
async function senderOf({ db }: Program, wanted: string | null): Promise<string | null> {
  const sender = wanted ?? (await listNewsletters(db))[0]?.from.address ?? null;
  return sender === null ? null : readAddress(sender).email;
}

/** Adds what to check to the failures of a relay. */
async function withAdvice<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RelayRefusesLogin)
      throw new Refused(
        'relay-refuses-login',
        `${error.message}\ncheck user, password and tls= in SMTP_URL`,
        {
          cause: error,
        },
      );
    if (error instanceof RelayDown)
      throw new Refused(
        'relay-down',
        `${error.message}\ncheck host and port in SMTP_URL (587 or 25 for smtp://, 465 for smtps://) and the network in between`,
        { cause: error },
      );
    throw error;
  }
}

function findings({ settings }: Relay, capabilities: RelayCapabilities): [string, string][] {
  const { tls, trusted, login, size, helo, software } = capabilities;
  const offers = [
    capabilities.pipelining && 'PIPELINING',
    capabilities.eightBit && '8BITMIME',
    capabilities.utf8 && 'SMTPUTF8',
    size !== null && `SIZE ${size}`,
  ].filter(Boolean);
  return [
    ['relay', settings.name],
    ['connection', `open to ${settings.host}:${settings.port}`],
    [
      'TLS',
      tls === null
        ? 'none: mails and password are sent in clear text'
        : `${tls}, certificate ${trusted ? 'trusted' : 'not trusted'}`,
    ],
    ['name', `${helo}, given with EHLO`],
    ['login', login ? 'accepted' : 'not required'],
    ['offers', offers.join(', ') || 'nothing that Postrider uses'],
    ...(software === 'exim' ? [['note', EXIM] satisfies [string, string]] : []),
  ];
}

const EXIM =
  'Exim; by default it delivers ten messages of a connection at once and the others with its next queue run (smtp_accept_queue_per_connection). Set that to 0 at the relay, or messages=10 in SMTP_URL';

const replyText = (reply: Reply | null): string =>
  reply === null ? 'no reply' : `${reply.code} ${reply.text}`.trim();

const triedReplies = (trial: EnvelopeTrial | null) => ({
  mail: trial && replyText(trial.mail),
  rcpt: trial?.rcpt ? replyText(trial.rcpt) : null,
});

/** A 4xx does not count as a refusal, since it may be greylisting. */
const isRefused = (trial: EnvelopeTrial | null): boolean =>
  trial !== null &&
  (trial.mail === null || [trial.mail, trial.rcpt].some((reply) => (reply?.code ?? 0) >= 500));

function trialFacts(
  sender: string | null,
  message: Message | null,
  trial: EnvelopeTrial | null,
): [string, string][] {
  if (message !== null) return [];
  if (trial === null || sender === null)
    return [['sender', 'not tried: there is no newsletter whose sender could be used (or give --from)']];
  return [
    ['sender', `${sender}: ${replyText(trial.mail)}`],
    ['recipient', trial.rcpt === null ? 'not tried' : `${sender}: ${replyText(trial.rcpt)}`],
  ];
}

interface Message {
  from: string;
  to: string;
  bytes: Buffer;
}

interface Sent {
  accepted: boolean;
  reply: string;
}

const sentFacts = (sent: Sent | null): [string, string][] =>
  sent === null ? [] : [['test message', `${sent.accepted ? 'accepted' : 'refused'}: ${sent.reply}`]];

function testMessage(program: Program, address: string, from: string | null): Message {
  const to = readAddress(address).email;
  if (from === null)
    throw new Usage('--from: there is no newsletter whose sender could be used, so name the sender');
  const date = program.clock.now().toUTCString().replace('GMT', '+0000');
  const lines = [
    `From: <${from}>`,
    `To: <${to}>`,
    'Subject: Postrider: a test of the relay',
    `Date: ${date}`,
    `Message-ID: <relay-test.${randomBytes(9).toString('base64url')}@${from.split('@').at(-1)}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'This message went through the relay. Nothing else has been sent.',
    '',
  ];
  return { from, to, bytes: Buffer.from(lines.join('\r\n')) };
}

async function sendOne(relay: Relay, { from, to, bytes }: Message): Promise<Sent> {
  const connection = await relay.open();
  try {
    const yes = async () => true;
    const end = await connection.handOver({ from, to }, bytes, yes, () => true);
    if (end.kind === 'accepted' || end.kind === 'answered')
      return { accepted: end.kind === 'accepted', reply: `${end.reply.code} ${end.reply.text}`.trim() };
    return { accepted: false, reply: end.why };
  } finally {
    await connection.close();
  }
}
