/** The reply table is data that people add to: what holds of every row of it. */
import { expect, test } from 'vitest';
import { classifyReply, findRow } from '../../../src/delivery/replies/classify.ts';
import type { ReplyRow } from '../../../src/delivery/replies/row.ts';
import { replyRows } from '../../../src/delivery/replies/table.ts';
import { replyOf } from '../reply-of.ts';

const SUBJECTS = ['address', 'message', 'relay', 'sender', 'provider'];

/** Rows whose own quoted reply is taken by a row above, or by none. */
const shadowed = (rows: readonly ReplyRow[], find: (reply: string) => ReplyRow | undefined) =>
  rows.filter((row) => find(row.reply) !== row).map((row) => row.reply);

test('every row names its subject, and where its reply comes from', () => {
  for (const row of replyRows) {
    expect(SUBJECTS, row.reply).toContain(row.about);
    expect(row.reply).toMatch(/^[45]\d\d[ -]/);
    expect(row.source.length, row.reply).toBeGreaterThan(3);
  }
  expect(new Set(replyRows.map((row) => row.about))).toEqual(new Set(SUBJECTS));
});

test('every quoted reply gets its own row: none is in the shadow of a row above', () => {
  expect(shadowed(replyRows, (reply) => findRow(replyOf(reply)))).toEqual([]);
});

test('a row in the shadow of a wider one is found', () => {
  const [wide, narrow] = [
    { ...replyRows[0]!, reply: '450 later', pattern: /^4/ },
    { ...replyRows[0]!, reply: '450 4.2.0 greylisted', pattern: /greylisted/ },
  ];
  const rows = [wide, narrow];
  const find = (reply: string) => rows.find(({ pattern }) => pattern.test(reply));
  expect(shadowed(rows, find)).toEqual(['450 4.2.0 greylisted']);
});

test('every row means what it says, to RCPT and to the dot', () => {
  for (const row of replyRows)
    for (const stage of ['rcpt', 'dot'] as const) {
      const verdict = classifyReply(replyOf(row.reply), stage);
      expect(verdict.about, row.reply).toBe(row.about);
      if (verdict.kind === 'refused') expect(verdict.reason, row.reply).toBe(row.means);
      if (row.means === 'stop') expect(verdict.kind, row.reply).toBe('sender-refused');
      if (row.means === 'backoff') expect(verdict.kind, row.reply).toBe('relay-busy');
      if (row.means === 'throttled') expect(verdict.kind, row.reply).toBe('throttled');
    }
});

test('no quoted reply names a person or a place of the open internet by number', () => {
  for (const { reply } of replyRows) {
    for (const address of reply.match(/[^\s<>[\]]+@[^\s<>[\]]+/g) ?? [])
      expect(address).toMatch(/^x@y[.:,;]?$/);
    for (const ip of reply.match(/\b\d+\.\d+\.\d+\.\d+\b/g) ?? [])
      expect(ip, reply).toMatch(/^(192\.0\.2\.|4\.16\.55\.1$)/);
  }
});
