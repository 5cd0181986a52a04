/** What comes back through real servers: a mailbox of Dovecot by IMAP, and the vacation replies of its Sieve. */
import { createTransport } from 'nodemailer';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readMailbox } from '../../src/feedback/intake/read-mailbox.ts';
import { imapMailbox } from '../../src/io/imap/mailbox.ts';
import { openLog } from '../../src/io/log.ts';
import { startMailServer } from '../../src/io/mail-server/mail-server.ts';
import { feedback } from '../../workers/feedback.ts';
import { contextOf, feedbackOf, mailReader, makeKeys, suppressionsOf } from '../feedback/fixtures.ts';
import { bounceMail, mail } from '../feedback/intake/mails.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { until } from '../helpers/until.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { type Dovecot, startDovecot } from './servers/dovecot.ts';

const database = useTestDatabase();
const db = () => database.db;
let newsletter: number;

beforeAll(async () => {
  newsletter = await insertNewsletter(db());
});

async function dovecot(skip: (why: string) => never, vacation?: { smtpPort: number }): Promise<Dovecot> {
  const server = await startDovecot(vacation ?? null).catch((error: Error) =>
    skip(`Dovecot cannot be run here: ${error.message}`),
  );
  onTestFinished(() => server.stop());
  return server;
}

async function deliver({ ports }: Dovecot, raw: string, to = 'bounces@sink.test', from = ''): Promise<void> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: ports.lmtp,
    lmtp: true,
    ignoreTLS: true,
  } as never);
  const sent = await transport.sendMail({ envelope: { from, to: [to] }, raw });
  const { rejectedErrors } = sent as { rejectedErrors?: Error[] };
  if (rejectedErrors?.[0]) throw rejectedErrors[0];
}

function read({ ports, user, pass }: Dovecot, doneFolder: string | null = null, context = contextOf(db())) {
  const stopped = new AbortController();
  const mailbox = imapMailbox({
    host: '127.0.0.1',
    port: ports.imap,
    secure: false,
    user,
    pass,
    folder: 'INBOX',
    doneFolder,
  });
  const quick = { lockMs: 100, pauseMs: 50, maxPauseMs: 200 };
  const running = readMailbox(context, mailbox, stopped.signal, quick);
  const stop = async () => {
    stopped.abort();
    await running;
  };
  onTestFinished(stop);
  return stop;
}

describe('a mailbox by IMAP', () => {
  test('is read while it idles; a bounce is deleted after the commit, a person’s mail stays', async ({
    skip,
  }) => {
    const server = await dovecot(skip);
    const early = await mailReader(db(), newsletter);
    await deliver(server, bounceMail(early));
    await deliver(
      server,
      mail({ From: 'A <a@x.example>', To: 'bounces@sink.test', Subject: 'Hello' }, ['Hi']),
    );
    read(server);
    await until(
      'the mail that waited is read',
      async () => (await suppressionsOf(db(), early)).length === 1,
      {
        found: server.output,
      },
    );
    await until('it is deleted', () => server.count() === 1);
    const late = await mailReader(db(), newsletter);
    await deliver(server, bounceMail(late));
    await until('the new mail is read', async () => (await suppressionsOf(db(), late)).length === 1, {
      withinMs: 5_000,
      found: server.output,
    });
    await until('it is deleted', () => server.count() === 1);
  });

  test('is moved where a folder is named, and read again after the connection broke', async ({ skip }) => {
    const server = await dovecot(skip);
    const stop = read(server, 'Read');
    const first = await mailReader(db(), newsletter);
    await deliver(server, bounceMail(first));
    await until('it is moved', () => server.count('Read') === 1, { found: server.output });
    await stop();
    const second = await mailReader(db(), newsletter);
    await deliver(server, bounceMail(second));
    read(server, 'Read');
    await until('the second is moved', () => server.count('Read') === 2);
    expect(await suppressionsOf(db(), second)).toHaveLength(1);
  });

  test('is not emptied while the database is away', async ({ skip }) => {
    const server = await dovecot(skip);
    const reader = await mailReader(db(), newsletter);
    await deliver(server, bounceMail(reader));
    let tries = 0;
    const failing = new Proxy(db(), {
      get: (target, name) => {
        if (name === 'connection') return target.connection.bind(target);
        tries += 1;
        throw Object.assign(new Error('connection terminated'), { code: '57P01' });
      },
    });
    read(server, null, { ...contextOf(db()), db: failing });
    await until('it was tried again and again', () => tries > 3, { found: server.output });
    expect(server.count()).toBe(1);
  });

  test('moves aside what cannot be handled, and reads on', async ({ skip }) => {
    const server = await dovecot(skip);
    const good = await mailReader(db(), newsletter);
    const bad = await mailReader(db(), newsletter);
    await deliver(server, bounceMail(bad));
    await deliver(server, bounceMail(good));
    const keys = makeKeys();
    keys.verify = (purpose, token) => {
      if (token === bad.token) throw new Error('poison');
      return contextOf(db()).keys.verify(purpose, token);
    };
    keys.verifyShort = () => null;
    read(server, null, { ...contextOf(db()), keys });
    await until('the good one is read', async () => (await suppressionsOf(db(), good)).length === 1, {
      found: server.output,
    });
    await until('the bad one is aside', () => server.count('Postrider-failed') === 1);
    await until('nothing is left', () => server.count() === 0);
  });
});

test('a Sieve vacation reply comes back by our SMTP port and changes nothing', async ({ skip }) => {
  const stopped = new AbortController();
  let opened = (_port: number): void => {};
  const port = new Promise<number>((resolve) => {
    opened = resolve;
  });
  const running = feedback(
    {
      context: contextOf(db()),
      mailbox: null,
      bounceDomain: 'bounces.example.org',
      host: '127.0.0.1',
      lmtpPort: null,
      smtpPort: 0,
      async listen(settings) {
        const server = await startMailServer(settings, openLog('silent'));
        opened(server.port);
        return server;
      },
    },
    stopped.signal,
  );
  onTestFinished(async () => {
    stopped.abort();
    await running;
  });
  const server = await dovecot(skip, { smtpPort: await port });
  const reader = await mailReader(db(), newsletter, 'unknown');
  // Pigeonhole does not answer a newsletter (List-Id), so this is a mail without it.
  const letter = mail({ From: 'news@example.org', To: 'reader@sink.test', Subject: 'One' }, ['Text']);
  await deliver(server, letter, 'reader@sink.test', reader.returnPath);
  await until(
    'the reply is read, and has shown that the mail arrived',
    async () => (await feedbackOf(db(), reader)).state === 'accepted',
    { found: server.output },
  );
  const rows = await db()
    .selectFrom('feedback_reports')
    .select(['class', 'found_by', 'action'])
    .where('delivery_id', '=', reader.delivery)
    .execute();
  expect(rows).toEqual([{ class: 'vacation', found_by: 'return-path', action: 'none' }]);
  expect(await suppressionsOf(db(), reader)).toEqual([]);
});
