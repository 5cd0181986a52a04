import { expect, test } from 'vitest';
import { seedIssue } from '../helpers/shared.ts';
import { mainJob, READERS } from './main-job.ts';
import { flawless, judge, openStage } from './stage.ts';

test(`embedded: ${seedIssue().name} reaches ${READERS} readers once each`, () => mainJob('embedded'));

test(`one database: ${seedIssue().name} reaches ${READERS} readers once each`, () => mainJob('database'));

test('a message refused for its address is refused once, a deferred one is tried again until it is taken', async () => {
  const stage = await openStage('database');
  await stage.up('worker');
  await stage.newsletter(12);
  stage.sink.behave = ({ stage: at, to, attempt }) => {
    if (at === 'rcpt' && to?.startsWith('reader1@')) return { reply: '550 5.1.1 User unknown' };
    if (at === 'dot' && to?.startsWith('reader2@') && attempt < 3)
      return { reply: '451 4.3.0 try again later' };
    if (at === 'dot' && to?.startsWith('reader3@')) return { reply: '554 5.7.1 spam' };
    return undefined;
  };
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  const status = await stage.untilState(issue, 'sent');
  expect(status.counts).toMatchObject({ audience: 12, accepted: 10, refused: 2 });
  const lines = await stage.ledger(issue);
  const line = (name: string) => lines.find(({ email }) => email.startsWith(`${name}@`));
  expect(line('reader1')).toMatchObject({
    outcome: 'refused',
    reason: 'address',
    reply: '550 5.1.1 User unknown',
  });
  expect(line('reader3')).toMatchObject({ outcome: 'refused', reason: 'policy' });
  expect(line('reader2')).toMatchObject({ outcome: 'accepted', attempts: 3 });
  expect(judge(lines, stage.sink.counts())).toEqual(flawless);
});

test('--wait ends when all that waits is deferred, and says until when', async () => {
  const stage = await openStage('database', { env: { POSTRIDER_TIMES: 'retry=1h' } });
  await stage.up('worker');
  await stage.newsletter(4);
  stage.sink.behave = ({ stage: at, to }) =>
    at === 'rcpt' && to?.startsWith('reader0@') ? { reply: '450 4.2.0 mailbox busy' } : undefined;
  const issue = await stage.draft('one');
  const ended = await stage.json<{ state: string; deferred: number; retryUntil: string }>(
    'issue',
    'send',
    issue,
    '--wait',
  );
  expect(ended).toMatchObject({ state: 'sending', deferred: 1, counts: { accepted: 3, waiting: 1 } });
  expect(Date.parse(ended.retryUntil)).toBeGreaterThan(Date.now() + 40 * 60_000);
});
