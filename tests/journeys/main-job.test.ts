import { expect, test } from 'vitest';
import { seedIssue } from '../helpers/corpus.ts';
import { flawless, judge, openHarness } from './harness.ts';
import { mainJob, READERS } from './main-job.ts';

test(`embedded: ${seedIssue().name} reaches ${READERS} readers once each`, () => mainJob('embedded'));

test(`one database: ${seedIssue().name} reaches ${READERS} readers once each`, () => mainJob('database'));

test('a message refused for its address is refused once, a deferred one is tried again until it is taken', async () => {
  const harness = await openHarness('database');
  await harness.up('worker');
  await harness.newsletter(12);
  harness.sink.behave = ({ stage: at, to, attempt }) => {
    if (at === 'rcpt' && to?.startsWith('reader1@')) return { reply: '550 5.1.1 User unknown' };
    if (at === 'dot' && to?.startsWith('reader2@') && attempt < 3)
      return { reply: '451 4.3.0 try again later' };
    if (at === 'dot' && to?.startsWith('reader3@')) return { reply: '554 5.7.1 spam' };
    return undefined;
  };
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  const status = await harness.untilState(issue, 'sent');
  expect(status.counts).toMatchObject({ audience: 12, accepted: 10, refused: 2 });
  const lines = await harness.ledger(issue);
  const line = (name: string) => lines.find(({ email }) => email.startsWith(`${name}@`));
  expect(line('reader1')).toMatchObject({
    outcome: 'refused',
    reason: 'address',
    reply: '550 5.1.1 User unknown',
  });
  expect(line('reader3')).toMatchObject({ outcome: 'refused', reason: 'policy' });
  expect(line('reader2')).toMatchObject({ outcome: 'accepted', attempts: 3 });
  expect(judge(lines, harness.sink.counts())).toEqual(flawless);
});

test('--wait ends when all that waits is deferred, and says until when', async () => {
  const harness = await openHarness('database', { env: { POSTRIDER_TIMES: 'retry=1h' } });
  await harness.up('worker');
  await harness.newsletter(4);
  harness.sink.behave = ({ stage: at, to }) =>
    at === 'rcpt' && to?.startsWith('reader0@') ? { reply: '450 4.2.0 mailbox busy' } : undefined;
  const issue = await harness.draft('one');
  const ended = await harness.json<{ state: string; deferred: number; retryUntil: string }>(
    'issue',
    'send',
    issue,
    '--wait',
  );
  expect(ended).toMatchObject({ state: 'sending', deferred: 1, counts: { accepted: 3, waiting: 1 } });
  expect(Date.parse(ended.retryUntil)).toBeGreaterThan(Date.now() + 40 * 60_000);
});
