import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { judge } from '../../../src/delivery/relay-log/judge.ts';
import { linesOf } from '../../../src/delivery/relay-log/lines.ts';
import { RelayLog } from '../../../src/delivery/relay-log/read.ts';
import type { UncertainDelivery } from '../../../src/ledger/evidence.ts';

const now = new Date('2026-11-24T10:00:00Z');
const label = { hash: 'abcd1234', domain: 'example.org' };

/** Seconds after 18:30:00 UTC, as rsyslog writes a moment. */
const at = (s: number): string => new Date(Date.UTC(2026, 10, 23, 18, 30, s)).toISOString();
const line = (s: number, said: string): string => `${at(s)} relay postfix/${said}`;
const arrives = (s: number, queueId: string, id: number | string, more = '7'): string[] => [
  line(s, `smtpd[9]: ${queueId}: client=localhost[127.0.0.1]`),
  line(s, `cleanup[5]: ${queueId}: message-id=<${more}.${id}.abcd1234@example.org>`),
];
const queued = (s: number, queueId: string): string =>
  line(s, `qmgr[3]: ${queueId}: from=<news@example.org>, size=294, nrcpt=1 (queue active)`);

async function readLog(ids: number[], ...files: (readonly string[])[]): Promise<RelayLog> {
  const log = new RelayLog({ issueId: 7, label, ids: new Set(ids) }, now);
  for (const lines of files) await log.read(linesOf(Readable.from([Buffer.from(`${lines.join('\n')}\n`)])));
  return log;
}

const whole = (...middle: string[]): string[] => [
  line(0, 'master[1]: daemon started'),
  ...arrives(30, 'AAAAA1', 1),
  queued(30, 'AAAAA1'),
  ...middle,
  line(200, 'anvil[2]: statistics: max connection count 1'),
];

const uncertain = (more: Partial<UncertainDelivery> = {}): UncertainDelivery => ({
  id: 2,
  email: 'r@example.com',
  waiting: false,
  dueToRestore: false,
  attempts: 1,
  fence: 1,
  since: new Date(at(31)),
  until: new Date(at(33)),
  witnesses: [{ id: 1, at: new Date(at(30)) }],
  ...more,
});

const verdict = async (lines: readonly string[], more: Partial<UncertainDelivery> = {}) =>
  judge(uncertain(more), await readLog([1, 2], lines));

test('taken: the queue manager names it, also in the next file, also by a queue id used before', async () => {
  const [begin, end] = [arrives(31, 'BBBBB2', 2), queued(32, 'BBBBB2')];
  expect(await verdict(whole(...begin, end))).toEqual({ verdict: 'taken', line: end });
  const split = await readLog([1, 2], whole(...begin), [end]);
  expect(judge(uncertain(), split)).toEqual({ verdict: 'taken', line: end });
  const reused = whole(...arrives(1, 'BBBBB2', 99, '8'), queued(1, 'BBBBB2'), ...begin, end);
  expect(await verdict(reused)).toEqual({ verdict: 'taken', line: end });
});

test('taken: a delivery under its queue id says so, where the line of the queue manager is missing', async () => {
  const sent = line(
    33,
    'smtp[4]: BBBBB2: to=<r@example.com>, relay=mx.example.com[192.0.2.1]:25, delay=2, delays=1/0/1/0, dsn=2.0.0, status=sent (250 ok)',
  );
  expect(await verdict(whole(...arrives(31, 'BBBBB2', 2), sent))).toEqual({ verdict: 'taken', line: sent });
});

test('its Message-ID alone proves nothing: it is logged while the message still arrives', async () => {
  expect(await verdict(whole(...arrives(31, 'BBBBB2', 2)))).toMatchObject({ verdict: 'open' });
  const other = whole(...arrives(31, 'BBBBB2', 2), ...arrives(32, 'BBBBB2', 5, '8'), queued(33, 'BBBBB2'));
  expect(await verdict(other)).toMatchObject({ verdict: 'open' });
});

const lost = line(32, 'smtpd[9]: lost connection after DATA (63 bytes) from localhost[127.0.0.1]');

test.each([
  ['before', [arrives(31, 'BBBBB2', 2)[0]!, lost, arrives(31, 'BBBBB2', 2)[1]!]],
  ['after', [...arrives(31, 'BBBBB2', 2), lost]],
])('not taken: its connection was lost before the dot, told %s its Message-ID', async (_, lines) => {
  expect(await verdict(whole(...lines))).toEqual({ verdict: 'not-taken', line: lost });
});

test('a lost connection proves nothing of another attempt, another mark, or another message of that process', async () => {
  const lines = whole(...arrives(31, 'BBBBB2', 2), lost).slice(0, -1);
  expect(await verdict(lines, { attempts: 2 })).toMatchObject({ verdict: 'open' });
  expect(await verdict(lines, { fence: 2 })).toMatchObject({ verdict: 'open' });
  expect(await verdict(lines, { since: new Date(at(40)) })).toMatchObject({ verdict: 'open' });
  const before = whole(...arrives(29, 'CCCCC3', 77), lost, ...arrives(33, 'BBBBB2', 2));
  expect(await verdict(before)).toMatchObject({ verdict: 'open' });
  const afterDot = lost.replace('after DATA (63 bytes)', 'after END-OF-MESSAGE');
  expect(await verdict(whole(...arrives(31, 'BBBBB2', 2), afterDot))).toMatchObject({ verdict: 'open' });
});

test('not taken: a log that is whole has nothing of it', async () => {
  expect(await verdict(whole())).toEqual({ verdict: 'not-taken', line: null });
});

test.each<[string, string[], Partial<UncertainDelivery>, RegExp]>([
  ['ends too soon', whole().slice(0, -1), {}, /no file reaches/],
  ['begins too late', whole().slice(1), {}, /no file reaches/],
  [
    'lacks a witness',
    whole(),
    { witnesses: [...uncertain().witnesses, { id: 4, at: new Date(at(30)) }] },
    /lacks 1 of the 2 people/,
  ],
  ['has no witness', whole(), { witnesses: [] }, /cannot tell whether it is complete/],
  ['tells no beginning', whole(), { since: null }, /cannot tell whether it is complete/],
  [
    'was suppressed',
    whole(`${at(31)} relay systemd-journald[214]: Suppressed 12 messages from postfix.service`),
    {},
    /lines are missing/,
  ],
  [
    'was limited',
    whole(`${at(31)} relay rsyslogd: imuxsock[pid 1]: 150 messages lost due to rate-limiting`),
    {},
    /lines are missing/,
  ],
])('nothing is proved by a log that %s', async (_, lines, more, why) => {
  expect(await verdict(lines, more)).toEqual({ verdict: 'open', why: expect.stringMatching(why) });
});

test("the log's clock may be hours ahead: its witnesses tell by how much", async () => {
  const hour = 3_600_000;
  const shifted = {
    since: new Date(uncertain().since!.getTime() - hour),
    until: new Date(uncertain().until.getTime() - hour),
    witnesses: [{ id: 1, at: new Date(new Date(at(30)).getTime() - hour) }],
  };
  expect(await verdict(whole(), shifted)).toEqual({ verdict: 'not-taken', line: null });
  expect(await verdict(whole().slice(0, -1), shifted)).toMatchObject({ verdict: 'open' });
});

test('messages of another edition, another issue and another domain are not ours', async () => {
  const log = await readLog(
    [2],
    [
      line(1, 'cleanup[5]: AAAAA1: message-id=<7.2.ffff0000@example.org>'),
      line(1, 'cleanup[5]: AAAAA2: message-id=<77.2.abcd1234@example.org>'),
      line(1, 'cleanup[5]: AAAAA3: message-id=<7.2.abcd1234@example.net>'),
      line(1, 'smtpd[5]: AAAAA4: message-id=<7.2.abcd1234@example.org>'),
      line(1, 'cleanup[5]: AAAAA5: warning: header Subject: message-id=<7.2.abcd1234@example.org>'),
      ...['AAAAA1', 'AAAAA2', 'AAAAA3', 'AAAAA4', 'AAAAA5'].map((id) => queued(1, id)),
    ],
  );
  expect({ ofIssue: log.ofIssue, taken: log.taken.size, begun: log.begun.size }).toEqual({
    ofIssue: 0,
    taken: 0,
    begun: 0,
  });
});

test('gzip is known by its octets, in chunks of any size; a line without end and foreign octets do no harm', async () => {
  const text = Buffer.from(`${whole(...arrives(31, 'BBBBB2', 2), queued(32, 'BBBBB2')).join('\n')}\n`);
  for (const bytes of [text, gzipSync(text), Buffer.concat([gzipSync(text), gzipSync(text)])])
    for (const size of [3, 100, 100_000]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      const log = new RelayLog({ issueId: 7, label, ids: new Set([2]) }, now);
      await log.read(linesOf(Readable.from(chunks)));
      expect(log.taken.has(2)).toBe(true);
    }
  const noise = Buffer.concat([Buffer.alloc(300_000, 0xff), Buffer.from('\n'), text]);
  const log = new RelayLog({ issueId: 7, label, ids: new Set([2]) }, now);
  await log.read(linesOf(Readable.from([noise])));
  expect(log.taken.has(2)).toBe(true);
});

test('a gzip file that is cut off is an error, not the end of the log', async () => {
  const cut = gzipSync(Buffer.from(whole().join('\n'))).subarray(0, -12);
  const log = new RelayLog({ issueId: 7, label, ids: new Set([2]) }, now);
  await expect(log.read(linesOf(Readable.from([cut])))).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
});
