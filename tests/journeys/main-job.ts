/** The main job, the same on every way: the seed issue reaches 1,000 readers, once each. */
import { expect } from 'vitest';
import { seedIssue } from '../helpers/corpus.ts';
import type { Way } from '../helpers/ways.ts';
import { flawless, judge, openHarness, type Status } from './harness.ts';

export const READERS = 1_000;

export async function mainJob(way: Way): Promise<void> {
  const harness = await openHarness(way, { sink: { keepSource: true }, relay: 'pool=10' });
  if (way !== 'embedded') await harness.up('start');
  await harness.newsletter(READERS, '--language', 'zh');
  const imported = await harness.json<{ issue: string; change: string }>(
    'issue',
    'import',
    seedIssue().path,
    '--newsletter',
    'weekly',
  );
  expect(imported.change).toBe('created');

  const status = await harness.json<Status>('issue', 'send', imported.issue, '--wait');

  expect(status).toMatchObject({ state: 'sent', rehearsal: false });
  expect(status.counts).toEqual({
    audience: READERS,
    accepted: READERS,
    refused: 0,
    skipped: 0,
    unknown: 0,
    waiting: 0,
  });
  const lines = await harness.ledger(imported.issue);
  expect(judge(lines, harness.sink.counts())).toEqual(flawless);
  expect(new Set(harness.sink.accepted.map((mail) => mail.messageId))).toEqual(
    new Set(lines.map((line) => line.messageId)),
  );
  expect(new Set(harness.sink.accepted.map((mail) => mail.postriderId)).size).toBe(READERS);
  const links = harness.sink.accepted.map(
    (mail) => /^List-Unsubscribe: <([^>]+)>/m.exec(unfolded(mail.source!))?.[1],
  );
  expect(new Set(links).size).toBe(READERS);
  expect(links.every((link) => link?.startsWith(`${harness.url}/unsubscribe/`))).toBe(true);
}

const unfolded = (source: Buffer): string =>
  source
    .subarray(0, 8_000)
    .toString('latin1')
    .replace(/\r\n[ \t]+/g, ' ');
