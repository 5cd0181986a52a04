import net from 'node:net';
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDb, openPool } from '../../../src/db/connection.ts';
import { type CatchAll, startCatchAll } from '../../../src/io/inbox/catch-all.ts';
import { MAX_INBOX_MAILS } from '../../../src/io/inbox/mail-store.ts';
import type { Log } from '../../../src/ports.ts';
import { limit } from '../../helpers/machine.js';
import { useTestDatabase } from '../../helpers/use-test-database.ts';

const log: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
const database = useTestDatabase();
let inbox: CatchAll;

beforeAll(async () => {
  inbox = await startCatchAll({ db: database.db, log });
});
afterAll(() => inbox?.close());

const transport = (port: number, maxConnections = 1) =>
  nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections,
    maxMessages: Number.POSITIVE_INFINITY,
  });
const stored = () => database.db.selectFrom('inbox_mails').selectAll().orderBy('id').execute();
const empty = () => database.db.deleteFrom('inbox_mails').execute();

test('a mail is committed by the time its sender reads the 250', async () => {
  await empty();
  const mailer = transport(inbox.port);
  const sent = await mailer.sendMail({
    envelope: { from: 'bounce@example.org', to: ['li@example.com'] },
    raw: 'From: news@example.org\r\nSubject: =?utf-8?B?5ZGo5YiK?=\r\n =?utf-8?Q?_No._7?=\r\n\r\n..dots\r\nand more\r\n',
  });
  const [mail] = await stored();
  expect(sent.response).toMatch(/^250 2\.6\.0 kept as mail \d+$/);
  expect(mail).toMatchObject({
    mail_from: 'bounce@example.org',
    rcpt_to: 'li@example.com',
    subject: '周刊 No. 7',
  });
  expect(mail!.source.toString()).toContain('\r\n\r\n..dots\r\nand more\r\n');
  mailer.close();
});

test('an address with letters of any script is taken (SMTPUTF8, 8BITMIME, PIPELINING are offered)', async () => {
  await empty();
  const mailer = transport(inbox.port);
  await mailer.sendMail({ from: 'a@example.org', to: '李雷@example.com', subject: '你好', text: '正文' });
  expect(await stored()).toMatchObject([{ rcpt_to: '李雷@example.com', subject: '你好' }]);
  mailer.close();
  const greeting = await conversation(inbox.port, ['EHLO test', 'QUIT']);
  for (const feature of ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 10485760'])
    expect(greeting).toContain(feature);
  expect(greeting).not.toMatch(/AUTH|STARTTLS/);
});

test('20 connections with 50 mails each lose none and mix up none', async () => {
  await empty();
  const mailers = Array.from({ length: 20 }, () => transport(inbox.port));
  await Promise.all(
    mailers.map(async (mailer, c) => {
      for (let n = 0; n < 50; n++)
        await mailer.sendMail({
          from: 'a@example.org',
          to: `r${c}-${n}@example.com`,
          subject: `mail ${c}-${n}`,
          text: 'x'.repeat(5_000),
        });
      mailer.close();
    }),
  );
  const mails = await stored();
  expect(new Set(mails.map((m) => m.rcpt_to)).size).toBe(1_000);
  for (const mail of mails) {
    const name = /^r(.*)@/.exec(mail.rcpt_to)![1];
    expect(mail.subject).toBe(`mail ${name}`);
    expect(mail.source.toString()).toContain(`To: r${name}@example.com`);
  }
});

test('only the newest 1,000 mails stay', async () => {
  await empty();
  const mailer = transport(inbox.port, 10);
  const send = (n: number) =>
    mailer.sendMail({ from: 'a@example.org', to: `n${n}@example.com`, subject: `${n}`, text: 'x' });
  await Promise.all(Array.from({ length: MAX_INBOX_MAILS + 150 }, (_, n) => send(n)));
  await send(9_999);
  await vi.waitFor(async () => expect(await stored()).toHaveLength(MAX_INBOX_MAILS));
  expect((await stored()).at(-1)!.subject).toBe('9999');
  mailer.close();
});

test('while the database is away the answer is 451, and the same connection works once it is back', async () => {
  await empty();
  const pool = openPool(database.url, { max: 2, applicationName: 'inbox-away', onError: () => {} });
  const db = openDb(pool);
  const away = await startCatchAll({ db, log });
  const mailer = transport(away.port);
  const mail = { from: 'a@example.org', to: 'b@example.com', subject: 'later', text: 'x' };
  const rename = (from: string, to: string) => database.pool.query(`ALTER TABLE ${from} RENAME TO ${to}`);
  await rename('inbox_mails', 'inbox_mails_away');
  await expect(mailer.sendMail(mail)).rejects.toMatchObject({
    responseCode: 451,
    response: '451 4.3.0 the inbox cannot be written right now',
  });
  await rename('inbox_mails_away', 'inbox_mails');
  expect(await stored()).toHaveLength(0);
  await mailer.sendMail(mail);
  expect(await stored()).toHaveLength(1);
  await pool.end();
  await expect(mailer.sendMail(mail)).rejects.toMatchObject({ responseCode: 451 });
  mailer.close();
  await away.close();
});

test('a mail over 10 MB is refused with 552 and not kept', async () => {
  await empty();
  const mailer = transport(inbox.port);
  const raw = Buffer.concat([Buffer.from('Subject: big\r\n\r\n'), Buffer.alloc(11 * 1024 * 1024, 'x\r\n')]);
  await expect(
    mailer.sendMail({ envelope: { from: 'a@example.org', to: ['b@example.com'] }, raw }),
  ).rejects.toMatchObject({ responseCode: 552 });
  expect(await stored()).toHaveLength(0);
  mailer.close();
});

test('a connection that dies before the final dot leaves nothing behind', async () => {
  await empty();
  await conversation(
    inbox.port,
    ['EHLO test', 'MAIL FROM:<a@example.org>', 'RCPT TO:<b@example.com>', 'DATA'],
    'Subject: half\r\n\r\nno dot',
  );
  await conversation(inbox.port, ['EHLO test', 'QUIT']);
  expect(await stored()).toHaveLength(0);
});

test('two catch-alls (two processes that send) fill one inbox', async () => {
  await empty();
  const second = await startCatchAll({ db: database.db, log });
  const mailers = [transport(inbox.port), transport(second.port)];
  await Promise.all(
    mailers.map((mailer, n) =>
      mailer.sendMail({ from: 'a@example.org', to: 'b@example.com', subject: `from ${n}`, text: 'x' }),
    ),
  );
  expect((await stored()).map((m) => m.subject).sort()).toEqual(['from 0', 'from 1']);
  for (const mailer of mailers) mailer.close();
  await second.close();
});

test('closing ends idle connections within two seconds', async () => {
  const short = await startCatchAll({ db: database.db, log });
  const socket = net.connect(short.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('data', resolve));
  const started = Date.now();
  await short.close();
  expect(Date.now() - started).toBeLessThan(limit(2_000));
  socket.destroy();
});

/** Says the lines one after the other, each after a reply to the one before; then `rest`, and hangs up. Returns all that was answered. */
function conversation(port: number, lines: string[], rest?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    const todo = [...lines];
    let heard = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      heard += text;
      if (!/^\d{3} .*\r\n$/m.test(text)) return;
      const line = todo.shift();
      if (line) socket.write(`${line}\r\n`);
      else if (rest) socket.write(rest, () => socket.destroy());
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
  });
}
