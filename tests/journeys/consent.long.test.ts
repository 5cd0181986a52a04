import { expect, test } from 'vitest';
import { flawless, judge, openStage, type Stage } from './stage.ts';

const unfolded = (source: Buffer): string => source.toString('latin1').replace(/\r\n[ \t]+/g, ' ');
const _decoded = (source: Buffer): string =>
  source
    .toString('latin1')
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

const _mailTo = (stage: Stage, address: string) => stage.sink.accepted.find((mail) => mail.to === address);

test('a hundred people leave in the middle of a send: after the answer nothing more is handed over for them', async () => {
  const stage = await openStage('database', { sink: { keepSource: true }, relay: 'pool=3' });
  await stage.up('start');
  await stage.newsletter(300);
  const first = await stage.draft('first');
  await stage.json('issue', 'send', first);
  await stage.untilState(first, 'sent');
  const links = new Map(
    stage.sink.accepted.map((mail) => [
      mail.to,
      /^List-Unsubscribe: <([^>]+)>/m.exec(unfolded(mail.source!))![1]!,
    ]),
  );
  stage.sink.accepted.length = 0;
  stage.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 10 } : undefined);
  const second = await stage.draft('second');
  await stage.json('issue', 'send', second);
  await stage.untilReceived(20);
  const answeredAt = new Map<string, number>();
  const leavers = [...links].filter((_, n) => n % 3 === 0);
  for (const [to, link] of leavers) {
    const form = new FormData();
    form.set('List-Unsubscribe', 'One-Click');
    const answer = await fetch(link, { method: 'POST', body: form });
    expect(answer.status).toBe(200);
    answeredAt.set(to, Date.now());
  }
  await stage.untilState(second, 'sent');
  const late = stage.sink.accepted.filter(
    (mail) => mail.at > (answeredAt.get(mail.to) ?? Number.POSITIVE_INFINITY),
  );
  expect(late.map((mail) => mail.to)).toEqual([]);
  expect(judge(await stage.ledger(second), stage.sink.counts())).toEqual(flawless);
});
