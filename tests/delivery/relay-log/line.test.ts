import { expect, test } from 'vitest';
import { readLine } from '../../../src/delivery/relay-log/line.ts';

const now = new Date('2026-11-24T10:00:00Z');
const said = 'postfix/cleanup[30971]: 297AA98804D: message-id=<7.123.abcd1234@example.org>';
const read = {
  service: 'cleanup',
  pid: '30971',
  text: '297AA98804D: message-id=<7.123.abcd1234@example.org>',
};

test.each([
  ['rsyslog', `2026-11-23T18:31:54.297161+00:00 relay ${said}`, '2026-11-23T18:31:54.297Z'],
  ['rsyslog in a zone', `2026-11-23T19:31:54.297161+01:00 relay ${said}`, '2026-11-23T18:31:54.297Z'],
  ['journalctl -o short-iso', `2026-11-23T19:31:54+0100 relay ${said}`, '2026-11-23T18:31:54.000Z'],
  ['journalctl -o short-full', `Mon 2026-11-23 18:31:54 UTC relay ${said}`, '2026-11-23T18:31:54.000Z'],
  [
    'journalctl -o json',
    JSON.stringify({
      __REALTIME_TIMESTAMP: '1795458714297161',
      SYSLOG_IDENTIFIER: 'postfix/cleanup',
      SYSLOG_PID: '30971',
      MESSAGE: read.text,
    }),
    '2026-11-23T18:31:54.297Z',
  ],
])('%s', (_, line, at) => {
  expect(readLine(line, now)).toEqual({ ...read, at: new Date(at) });
});

test('syslog and postlogd tell no year and no zone: the latest such moment by our clock', () => {
  const at = (line: string) => readLine(`${line} relay ${said}`, now)?.at;
  expect(at('Nov 23 18:31:54')).toEqual(new Date(2026, 10, 23, 18, 31, 54));
  expect(at('Nov  3 08:01:04')).toEqual(new Date(2026, 10, 3, 8, 1, 4));
  expect(at('Dec 30 23:59:59')).toEqual(new Date(2025, 11, 30, 23, 59, 59));
});

test('instances and service names of their own are Postfix too', () => {
  const line = (program: string) =>
    readLine(`Nov 23 18:31:54 relay ${program}[1]: 4dXyZ01zQ2: client=x`, now);
  expect(line('postfix-out/smtpd')).toMatchObject({ service: 'smtpd' });
  expect(line('postfix/submission/smtpd')).toMatchObject({
    service: 'smtpd',
    text: '4dXyZ01zQ2: client=x',
  });
});

test.each([
  'Nov 23 18:31:54 relay sshd[1]: postfix/cleanup: no',
  'postfix/cleanup[30971]: without a moment',
  '{"MESSAGE":"half',
  '{"MESSAGE":"of another","SYSLOG_IDENTIFIER":"sshd"}',
  '',
])('no line of Postfix: %s', (line) => expect(readLine(line, now)).toBeNull());
