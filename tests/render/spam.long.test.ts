/** No rule of SpamAssassin or rspamd speaks against our mails for something that we do. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dkimSigner, type Signer } from '../../src/io/smtp/dkim.ts';
import { readIssue } from '../../src/issue/read.ts';
import type { Edition } from '../../src/render/edition/edition.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { compileMessages } from '../../src/render/message/message.ts';
import { renderServiceMail, type ServiceMailName } from '../../src/render/service-mail.ts';
import { seedIssue } from '../helpers/corpus.ts';
import { askSpamAssassin, Rspamd, type Verdict } from '../helpers/spam-filters.ts';
import { context, newsletter } from './fixtures.ts';

/** Rules that may give points to a mail of ours, and why that is no fault of it. */
const ALLOWED: Record<string, string> = {
  HTML_MESSAGE: 'it says that there is HTML, and gives 0.001 points for it',
  DKIM_SIGNED:
    'a signature is there; without DNS nobody can say that it is good, and that takes the points back',
  DKIM_INVALID: 'the key stands in DNS, which these tests do not ask',
  T_DKIM_INVALID: 'the same, on trial',
  MANY_INVISIBLE_PARTS: 'one part is hidden: the preheader, which inboxes show beside the subject',
  URI_COUNT_ODD: 'the number of links in both parts together is odd: true of every second mail',
  R_SUSPICIOUS_URL: 'the samples link to *.example, which nobody can own',
};

let folder: string;
let sign: Signer;
let rspamd: Rspamd;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postrider-spam-'));
  const keyFile = join(folder, 'key.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const keys = [{ domain: 'example.org', selector: 's1', keyFile }];
  sign = dkimSigner({ keys, unsigned: [] }, () => new Date())!;
  rspamd = await Rspamd.start();
});
afterAll(async () => {
  await rspamd?.stop();
  await rm(folder, { recursive: true, force: true });
});

const url = 'https://news.example.org';

/** What the reader's server gets: signed by us, and with the line of the relay that brought it. */
async function messageOf(edition: Edition): Promise<Buffer> {
  const message = compileMessages(edition)({
    to: { name: 'Grace', address: 'grace@example.net' },
    reader: { email: 'grace@example.net', name: 'Grace', language: edition.language, attributes: {} },
    links: {
      view: `${url}/archive/weekly/2026-03`,
      unsubscribe: `${url}/unsubscribe/k1.c29tZW9uZQ.bWFj`,
      confirm: `${url}/confirm/k1.c29tZW9uZQ.bWFj`,
      reject: `${url}/confirm/k1.c29tZW9uZQ.bWFj/reject`,
    },
    messageId: '7.1f0c2a@example.org',
    deliveryId: 'k1.7.bWFj',
    date: new Date(),
  });
  const at = new Date().toUTCString().replace('GMT', '+0000');
  const received = `Received: from mail.example.org (mail.example.org [93.184.216.34])\r\n\tby mx.example.net with ESMTPS id 4f1c2b\r\n\tfor <grace@example.net>; ${at}\r\n`;
  return Buffer.concat([Buffer.from(received), await sign(message)]);
}

const against = (verdict: Verdict): Verdict =>
  Object.fromEntries(Object.entries(verdict).filter(([rule, points]) => points > 0 && !(rule in ALLOWED)));

const sum = (verdict: Verdict): number =>
  Object.entries(verdict).reduce(
    (total, [rule, points]) => total + (rule === 'R_SUSPICIOUS_URL' ? 0 : points),
    0,
  );

const over = (theme: string, language: string) =>
  context({ publicUrl: url, newsletter: { ...newsletter, theme, language } });

const sample = (name: string) => new URL(`../../emails/samples/${name}`, import.meta.url);

const inTheme = (read: () => Promise<string>, theme: string) => async (): Promise<Edition> => {
  const document = readIssue(await read(), { file: 'issue.md' });
  return (await renderIssue(document, over(theme, document.language))).edition;
};
const seed = async (): Promise<string> => seedIssue().source;
const service = (kind: ServiceMailName, language: string) => () =>
  renderServiceMail(kind, { ...newsletter, language }, language, context().emails);

const mails: [string, () => Promise<Edition>][] = [
  ['the model issue', inTheme(seed, 'default')],
  ['the model issue in quiet', inTheme(seed, 'quiet')],
  ['an English issue', inTheme(() => readFile(sample('weekly-en.md'), 'utf8'), 'default')],
  ['a plain issue in quiet', inTheme(() => readFile(sample('plain-en.md'), 'utf8'), 'quiet')],
  ['every block', inTheme(() => readFile(sample('every-block-en.md'), 'utf8'), 'default')],
  ['a confirmation', service('confirmation', 'en')],
  ['a Chinese confirmation', service('confirmation', 'zh')],
  ['a welcome', service('welcome', 'en')],
  ['a notice', service('already-reader', 'en')],
];

test.each(mails)('no rule that is our fault: %s', async (_, render) => {
  const message = await messageOf(await render());
  const [assassin, other] = await Promise.all([askSpamAssassin(message), rspamd.ask(message)]);
  expect({ spamassassin: against(assassin), rspamd: against(other) }).toEqual({
    spamassassin: {},
    rspamd: {},
  });
  expect(sum(assassin)).toBeLessThan(1);
  expect(sum(other)).toBeLessThan(2);
});

test('the filters do look: a mail of lies is told by both', async () => {
  const { edition } = await renderIssue(
    readIssue(seedIssue().source, { file: 'i.md' }),
    over('default', 'zh'),
  );
  const lie =
    '<p style="color:#ffffff;background-color:#ffffff">VIAGRA now</p><p style="font-size:0">hidden words</p>';
  const worse = {
    ...edition,
    html: edition.html.replaceAll('<p ', `${lie}<p `),
    subject: 'FREE MONEY!!! $$$',
  };
  const message = await messageOf(worse);
  expect(Object.keys(against(await askSpamAssassin(message)))).toContain('HTML_FONT_LOW_CONTRAST');
  expect(Object.keys(against(await rspamd.ask(message)))).toContain('ZERO_FONT');
});
