import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openHarness, reader, type Status } from './harness.ts';
import { canRunPostfix, type Fault, startLine, startPostfix } from './postfix.ts';

interface Reconciled extends Status {
  evidence: { email: string; was: string; now: string; evidence: string }[];
}

const READERS = 60;

test.skipIf(!canRunPostfix)(
  'the log of a real Postfix settles what a broken line left in doubt, and nobody gets it twice',
  async () => {
    const postfix = await startPostfix();
    const [taken, missed] = [reader(7), reader(21)];
    const faults = new Map<string, Fault>([
      [taken, 'mute'],
      [missed, 'cut'],
    ]);
    const harness = await openHarness('database', { relay: 'pool=2' });
    harness.env.SMTP_URL = `smtp://127.0.0.1:${await startLine(postfix.port, faults)}?pool=2`;
    await harness.up('worker');
    await harness.newsletter(READERS);
    const issue = await harness.draft('one');
    await harness.json('issue', 'send', issue);
    const sent = await harness.untilState(issue, 'sent');
    expect(sent.counts).toMatchObject({ accepted: READERS - 2, unknown: 2, waiting: 0 });

    const reconcile = (...options: string[]) =>
      harness.json<Reconciled>('issue', 'reconcile', issue, ...options);
    const wrong = await harness.run(
      'issue',
      'reconcile',
      issue,
      '--relay-log',
      join(harness.folder, 'readers.csv'),
    );
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('expected lines of Postfix') });

    const first = await reconcile('--relay-log', postfix.log);
    expect(first.counts).toMatchObject({ accepted: READERS - 1, unknown: 1 });
    expect(first.evidence).toEqual([
      {
        email: taken,
        was: 'unknown',
        now: 'accepted',
        evidence: expect.stringMatching(/qmgr\[\d+\]: \w+: from=<news@example.org>/),
      },
      {
        email: missed,
        was: 'unknown',
        now: 'unknown',
        evidence: expect.stringMatching(/lost connection after DATA.*--resend/),
      },
    ]);

    const lines = (await readFile(postfix.log, 'utf8')).split('\n');
    const half = Math.floor(lines.length / 2);
    const [older, newer] = [join(harness.folder, 'mail.log.1.gz'), join(harness.folder, 'mail.log')];
    await writeFile(older, gzipSync(`${lines.slice(0, half).join('\n')}\n`));
    await writeFile(newer, lines.slice(half).join('\n'));
    const second = await reconcile('--relay-log', newer, '--relay-log', older, '--resend');
    expect(second.evidence).toEqual([
      { email: missed, was: 'unknown', now: 'waiting', evidence: expect.stringContaining('goes out again') },
    ]);
    await harness.untilState(issue, 'sent');
    const third = await reconcile('--relay-log', postfix.log);
    expect(third.counts).toMatchObject({ audience: READERS, accepted: READERS, unknown: 0 });
    expect(third.evidence).toEqual([]);
    const received = await postfix.delivered();
    expect([received.size, ...new Set(received.values())]).toEqual([READERS, 1]);
  },
  120_000,
);
