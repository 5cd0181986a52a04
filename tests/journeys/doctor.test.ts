/** `postrider doctor` as an operator runs it. */
import { expect, test } from 'vitest';
import { run } from '../helpers/processes.ts';
import { type DoctorReport, READER, SECRETS, setUpWorld } from './doctor.ts';

test('what is set up well is good, and neither a secret nor a reader appears', async () => {
  const world = await setUpWorld();
  const ended = await world.doctor('--json');
  const { findings } = JSON.parse(ended.stdout) as DoctorReport;
  // The tests' database saves time where a real one must not.
  const elsewhere = findings.filter(({ check }) => check !== 'database');
  expect(elsewhere.filter(({ level }) => level === 'error')).toEqual([]);
  const good = elsewhere.filter(({ level }) => level === 'ok').map(({ check }) => check);
  expect(new Set(good)).toEqual(
    new Set([
      'settings',
      'session',
      'queue',
      'clock',
      'public-url',
      'one-click',
      'client-address',
      'relay',
      'spf',
      'dkim',
      'signature',
      'dmarc',
      'alignment',
      'ptr',
      'return-mail',
      'legal',
    ]),
  );
  for (const secret of [...Object.values(SECRETS), READER, 'private.example'])
    expect(ended.stdout + ended.stderr).not.toContain(secret);
});

test('what is wrong ends with 1, and the record to publish is ready to paste', async () => {
  const world = await setUpWorld();
  delete world.names.zone['_dmarc.example.org'];
  const { code, stdout } = await world.doctor('--newsletter', 'weekly');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^ {2}error {4}example\.org \(sender of newsletter weekly\)$/m);
  expect(stdout).toMatch(
    /^ +_dmarc\.example\.org\. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@example\.org"$/m,
  );
  expect(stdout).toMatch(/^\d+ errors?, \d+ warnings?, \d+ notes?, \d+ ok$/m);
});

test('wrong settings are findings; an unknown newsletter and a wrong option are not understood', async () => {
  const wrong = await run(['doctor', '--json'], { env: { SMTP_URL: 'http://x', POSTRIDER_SECRET: 'short' } });
  const { ok, findings } = JSON.parse(wrong.stdout) as DoctorReport;
  expect([wrong.code, ok, findings.map(({ subject }) => subject)]).toEqual([
    1,
    false,
    ['SMTP_URL', 'POSTRIDER_SECRET'],
  ]);
  const world = await setUpWorld();
  const unknown = await world.doctor('--newsletter', 'weakly');
  expect([unknown.code, unknown.stderr]).toEqual([
    1,
    expect.stringMatching(/no newsletter "weakly".*"weekly"/),
  ]);
  expect((await run(['doctor', '--resolver', 'dns.example'], { env: world.env })).code).toBe(2);
});
