import { expect, test } from 'vitest';
import { flawless, type Harness, judge, openHarness } from './harness.ts';

const unfolded = (source: Buffer): string => source.toString('latin1').replace(/\r\n[ \t]+/g, ' ');
const _decoded = (source: Buffer): string =>
  source
    .toString('latin1')
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

const _mailTo = (harness: Harness, address: string) =>
  harness.sink.accepted.find((mail) => mail.to === address);

test('a hundred people leave in the middle of a send: after the answer nothing more is handed over for them', async () => {
  const harness = await openHarness('database', { sink: { keepSource: true }, relay: 'pool=3' });
  await harness.up('start');
  await harness.newsletter(300);
  const first = await harness.draft('first');
  await harness.json('issue', 'send', first);
  await harness.untilState(first, 'sent');
  const links = new Map(
    harness.sink.accepted.map((mail) => [
      mail.to,
      /^List-Unsubscribe: <([^>]+)>/m.exec(unfolded(mail.source!))![1]!,
    ]),
  );
  harness.sink.accepted.length = 0;
  harness.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 10 } : undefined);
  const second = await harness.draft('second');
  await harness.json('issue', 'send', second);
  await harness.untilReceived(20);
  const answeredAt = new Map<string, number>();
  const optOutLinks = [...links].filter((_, n) => n % 3 === 0);
  for (const [to, link] of optOutLinks) {
    const form = new FormData();
    form.set('List-Unsubscribe', 'One-Click');
    const answer = await fetch(link, { method: 'POST', body: form });
    expect(answer.status).toBe(200);
    answeredAt.set(to, Date.now());
  }
  await harness.untilState(second, 'sent');
  const late = harness.sink.accepted.filter(
    (mail) => mail.at > (answeredAt.get(mail.to) ?? Number.POSITIVE_INFINITY),
  );
  expect(late.map((mail) => mail.to)).toEqual([]);
  expect(judge(await harness.ledger(second), harness.sink.counts())).toEqual(flawless);
});
