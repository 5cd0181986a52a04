/** Issues through servers that behave like the providers. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from '../../../../src/config/config.ts';
import type { RelaySettings } from '../../../../src/ports.ts';
import { until } from '../../../helpers/until.ts';
import { openLaneHarness } from '../../harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'postrider-profiles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the profile sets, for a relay on this machine. */
function settingsOf(profile: string, more: Partial<RelaySettings> = {}): Partial<RelaySettings> {
  const { relays } = readConfig({ SMTP_URL: `smtp://127.0.0.1?profile=${profile}` });
  const { headers, unsigned, messages, connections, idleMs, profile: known } = relays[0]!;
  return { headers, unsigned, messages, connections, idleMs, profile: known, ...more };
}

test('the signature of a message is right with the fields that a profile adds, and after SES has replaced two of ours', async () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyFile = join(folder, 'key.pem');
  writeFileSync(keyFile, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const dkim = [{ domain: 'example.org', selector: 's', keyFile }];
  const harness = await openLaneHarness({
    relay: settingsOf('ses', { pool: 1, dkim }),
    sink: { keepSource: true },
  });
  await harness.untilSent(await harness.send('ses', { 'example.net': 3 }));
  const record = `v=DKIM1; k=rsa; p=${pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
  expect(harness.sink.accepted).toHaveLength(3);
  for (const { source, postriderId } of harness.sink.accepted) {
    const text = source!.toString();
    expect(text).toContain(`\r\nX-SES-MESSAGE-TAGS: postrider=${postriderId!.replaceAll('.', '')}\r\n`);
    const replaced = text
      .replace(/^X-SES-.*\r\n/m, '')
      .replace(/^Message-ID: .*$/m, 'Message-ID: <0102@eu-west-1.amazonses.com>')
      .replace(/^Date: .*$/m, 'Date: Tue, 1 Dec 2026 12:00:00 +0000');
    for (const arrived of [text, replaced]) {
      const { results } = await dkimVerify(Buffer.from(arrived), { resolver: async () => [[record]] });
      expect(results.map(({ status }) => status.result)).toEqual(['pass']);
    }
  }
});

test('Cloudflare takes fifty recipients in a session: the connection is left before it refuses one', async () => {
  const harness = await openLaneHarness({ relay: settingsOf('cloudflare', { pool: 1 }) });
  const named = new Map<number, number>();
  let refused = 0;
  harness.sink.behave = ({ stage, connection }) => {
    if (stage !== 'rcpt') return;
    named.set(connection, (named.get(connection) ?? 0) + 1);
    if (named.get(connection)! <= 50) return;
    refused += 1;
    return { reply: '452 4.5.3 Too many recipients' };
  };
  await harness.untilSent(await harness.send('cf', { 'example.net': 120 }));
  expect(harness.sink.accepted).toHaveLength(120);
  expect([refused, harness.sink.connections]).toEqual([0, 3]);
});

test('a connection is closed before SES would close it', async () => {
  const harness = await openLaneHarness({ relay: settingsOf('ses', { pool: 1, idleMs: 200 }) });
  await harness.untilSent(await harness.send('one', { 'example.net': 1 }));
  await expect.poll(() => harness.sink.open, { timeout: 3_000 }).toBe(0);
});

test('Resend drops a second copy: an unknown goes out again under its key, though the policy is to hold', async () => {
  const harness = await openLaneHarness({
    relay: settingsOf('resend', { pool: 1 }),
    sink: { keepSource: true },
    times: { sweepMs: 200 },
  });
  const tries = new Map<string, number>();
  harness.sink.behave = ({ stage, to }) => {
    if (stage !== 'dot' || !to?.startsWith('2.')) return;
    tries.set(to, (tries.get(to) ?? 0) + 1);
    // Taken, and the reply is lost.
    return tries.get(to) === 1 ? { drop: true, keep: true } : undefined;
  };
  const issue = await harness.send('key', { 'example.net': 3 });
  await until('all are accepted', async () => (await harness.states(issue))['other accepted'] === 3);
  await harness.untilSent(issue);
  expect([...tries.values()]).toEqual([2]);
  const copies = harness.sink.accepted.filter(({ to }) => to.startsWith('2.'));
  const keys = copies.map(({ source }) => /^Resend-Idempotency-Key: (\S+)/m.exec(source!.toString())?.[1]);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^postrider-[\w-]{27,}$/);
});

test('a refusal of the second copy says nothing about the first', async () => {
  const harness = await openLaneHarness({
    relay: settingsOf('resend', { pool: 1 }),
    times: { sweepMs: 200 },
  });
  let tries = 0;
  harness.sink.behave = ({ stage }) => {
    if (stage !== 'dot') return;
    tries += 1;
    return tries === 1
      ? { drop: true, keep: true }
      : { reply: '550 This idempotency key was used with another payload' };
  };
  const issue = await harness.send('used', { 'example.net': 1 });
  await until('the second copy was refused', () => tries === 2);
  await harness.untilSent(issue);
  expect(await harness.states(issue)).toEqual({ 'other unknown: no-reply': 1 });
  expect(tries).toBe(2);
});
