import { createTransport } from 'nodemailer';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openLog } from '../../src/io/log.ts';
import { startMailServer } from '../../src/io/mail-server/mail-server.ts';
import { feedback } from '../../workers/feedback.ts';
import { contextOf, mailReader, suppressionsOf } from '../feedback/fixtures.ts';
import { bounceMail } from '../feedback/intake/mails.ts';
import { insertNewsletter } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();
const db = () => database.db;
const log = openLog('silent');
let newsletter: number;

beforeAll(async () => {
  newsletter = await insertNewsletter(db());
});

/** The doors of a worker, opened on a free port; returns the port. */
async function open(lmtp: boolean, context = contextOf(db())): Promise<number> {
  const stopped = new AbortController();
  let opened = (_port: number): void => {};
  const port = new Promise<number>((resolve) => {
    opened = resolve;
  });
  const running = feedback(
    {
      context,
      mailbox: null,
      bounceDomain: 'bounces.example.org',
      host: '127.0.0.1',
      lmtpPort: lmtp ? 0 : null,
      smtpPort: lmtp ? null : 0,
      async listen(settings) {
        const server = await startMailServer(settings, log);
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
  return port;
}

/** Rejects with the reply; by LMTP each recipient has one of its own. */
async function send(port: number, lmtp: boolean, to: string, raw: string): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, lmtp, ignoreTLS: true } as never);
  const sent = await transport.sendMail({ envelope: { from: '', to: [to] }, raw });
  const { rejectedErrors } = sent as { rejectedErrors?: Error[] };
  if (rejectedErrors?.[0]) throw rejectedErrors[0];
}

describe.each([
  ['smtp', false],
  ['lmtp', true],
])('by %s', (by, lmtp) => {
  test('a bounce is answered when its reader is suppressed', async () => {
    const reader = await mailReader(db(), newsletter);
    const port = await open(lmtp);
    await send(port, lmtp, reader.returnPath, bounceMail(reader));
    expect(await suppressionsOf(db(), reader)).toMatchObject([
      { reason: 'bounce', source: expect.stringContaining(`${by} report`) },
    ]);
  });

  test('what no key of ours signed is refused at RCPT', async () => {
    const reader = await mailReader(db(), newsletter);
    const port = await open(lmtp);
    for (const to of [
      'someone@bounces.example.org',
      reader.returnPath.replace('bounces.', 'elsewhere.'),
      `bounce+${'a'.repeat(48)}@bounces.example.org`,
    ])
      await expect(send(port, lmtp, to, bounceMail(reader))).rejects.toMatchObject({ responseCode: 550 });
    expect(await suppressionsOf(db(), reader)).toEqual([]);
  });

  test('while the database is away the sender is told to try again', async () => {
    const reader = await mailReader(db(), newsletter);
    const away = {
      ...contextOf(db()),
      db: { selectFrom: gone, transaction: gone, executeQuery: gone } as never,
    };
    const port = await open(lmtp, away);
    await expect(send(port, lmtp, reader.returnPath, bounceMail(reader))).rejects.toMatchObject({
      responseCode: 451,
    });
  });
});

function gone(): never {
  throw new Error('connection terminated');
}
