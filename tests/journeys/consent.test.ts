import { expect, test } from 'vitest';
import { until } from '../helpers/until.ts';
import { type Harness, openHarness } from './harness.ts';

const unfolded = (source: Buffer): string => source.toString('latin1').replace(/\r\n[ \t]+/g, ' ');
const decoded = (source: Buffer): string =>
  source
    .toString('latin1')
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

const mailTo = (harness: Harness, address: string) =>
  harness.sink.accepted.find((mail) => mail.to === address);

test('stranger -> subscriber -> unsubscribed in the middle of a send -> never written to again', async () => {
  const harness = await openHarness('database', { sink: { keepSource: true }, relay: 'pool=1' });
  await harness.up('start');
  await harness.newsletter(120);
  const form = new URLSearchParams({ email: 'Stranger@Example.net', name: 'Stranger' });
  const response = await fetch(`${harness.url}/subscribe/weekly`, { method: 'POST', body: form });
  expect(response.status).toBe(200);

  const confirmation = await until('the confirmation comes', () => mailTo(harness, 'Stranger@Example.net'));
  expect(unfolded(confirmation.source!)).not.toMatch(/^List-Unsubscribe/m);
  const link = /http:\/\/127\.0\.0\.1:\d+\/confirm\/[\w.-]+/.exec(decoded(confirmation.source!))?.[0];
  expect((await fetch(link!)).status).toBe(200);
  const pending = await harness.json<{ subscriptions: unknown[] }>(
    'subscriber',
    'show',
    'stranger@example.net',
  );
  expect(pending.subscriptions).toEqual([
    expect.objectContaining({ newsletter: 'weekly', state: 'pending' }),
  ]);
  const pressed = new URLSearchParams({ pressed: 'confirm' });
  expect((await fetch(link!, { method: 'POST', body: pressed })).status).toBe(200);

  const first = await harness.draft('first');
  await harness.json('issue', 'send', first);
  await harness.untilState(first, 'sent');
  const got = harness.sink.accepted.findLast((mail) => mail.to === 'Stranger@Example.net')!;
  const unsubscribeUrl = /^List-Unsubscribe: <([^>]+)>/m.exec(unfolded(got.source!))?.[1];
  expect(unfolded(got.source!)).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/m);

  harness.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 25 } : undefined);
  const second = await harness.draft('second');
  const before = harness.sink.accepted.length;
  await harness.json('issue', 'send', second);
  await harness.untilReceived(before + 10);
  const left = await fetch(unsubscribeUrl!, {
    method: 'POST',
    redirect: 'error',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  expect(left.status).toBe(200);
  expect(left.headers.get('set-cookie')).toBeNull();
  const had = harness.sink.accepted.slice(before).some((mail) => mail.to === 'Stranger@Example.net');
  const status = await harness.untilState(second, 'sent');
  const line = (await harness.ledger(second)).find((each) => each.email === 'Stranger@Example.net');
  expect(line).toMatchObject(had ? { outcome: 'accepted' } : { outcome: 'skipped', reason: 'unsubscribed' });
  expect(status.counts).toMatchObject({ audience: 121, unknown: 0, waiting: 0 });
  const afterLeaving = harness.sink.accepted.length;

  const third = await harness.draft('third');
  await harness.json('issue', 'send', third);
  await harness.untilState(third, 'sent');
  expect(harness.sink.accepted.slice(afterLeaving).some((mail) => mail.to === 'Stranger@Example.net')).toBe(
    false,
  );
  expect((await harness.ledger(third)).length).toBe(120);
});
