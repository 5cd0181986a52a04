/** Which replies speak of the connection they came over, and which only sound like it. */
import { expect, test } from 'vitest';
import { classifyReply } from '../../../src/delivery/replies/classify.ts';
import type { Reply, Stage } from '../../../src/ports.ts';

function reply(line: string): Reply {
  const text = line.slice(4);
  return { code: Number(line.slice(0, 3)), enhanced: /^\d\.\d+\.\d+/.exec(text)?.[0] ?? null, text };
}

const fresh = { taken: 0, refused: 0 };
const used = { taken: 20, refused: 0 };
const refusing = { taken: 0, refused: 2 };

const judged = (line: string, stage: Stage, history = used): string => {
  const verdict = classifyReply(reply(line), stage, history);
  return verdict.kind === 'connection-over' ? (verdict.usedUp ? 'used up' : 'over') : verdict.kind;
};

test.each<[string, Stage, string]>([
  ['Exim', 'mail', '421 too many messages in this connection'],
  ['OpenSMTPD', 'mail', '452 4.5.3 Too many recipients: Too many messages sent'],
  ['stalwart', 'data', '452 4.4.5 Maximum number of messages per session exceeded'],
  ['a policy daemon', 'rcpt', '450 4.7.1 too much mail per connection'],
  ['a relay that names no connection', 'rcpt', '421 4.7.0 too many messages'],
  ['SES', 'mail', '421 4.3.2 Maximum message count per session reached.'],
  ['SES, at the dot', 'dot', '421 Maximum message count per session reached'],
  ['Cloudflare', 'rcpt', '452 4.5.3 Too many recipients'],
  ['a limit in other words', 'mail', '421 4.4.5 Connection message limit reached, please reconnect'],
  ['a limit by its number', 'mail', '450 4.7.0 Limit of 100 messages per SMTP session exceeded'],
  ['NetEase', 'rcpt', '451 MI:DMC 当前连接发送的邮件数量超出限制。请减少每次连接中投递的邮件数量'],
])('%s at %s: a limit per connection means "used up" once messages went over it', (_name, stage, line) => {
  expect(judged(line, stage)).toBe('used up');
});

test.each([
  '450 4.7.1 Error: too many recipients from 127.0.0.1',
  '450 4.7.1 Error: too much mail from 127.0.0.1',
  '421 4.7.1 [HCM1] Too many messages from your host, try again later',
  '451 4.7.1 Too many messages, slow down',
  '421 4.7.0 Too many connections from your host',
  '451 4.7.652 The mail server has exceeded the maximum number of connections.',
  '432 4.3.2 Concurrent connections limit exceeded',
  '450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents',
  '552 5.2.2 Mailbox full: too many messages',
  '421 4.7.28 Gmail has detected an unusual rate of unsolicited mail',
])("a limit that is not the connection's stays one: %s", (line) => {
  expect(judged(line, 'rcpt')).not.toMatch(/used up|over/);
});

test('on a connection that carried nothing yet the same words are no limit per connection', () => {
  expect(judged('452 4.5.3 Too many recipients: Too many messages sent', 'mail', fresh)).not.toBe('used up');
  expect(judged('452 4.4.5 Maximum number of messages per session exceeded', 'data', refusing)).not.toBe(
    'used up',
  );
});

test.each<[Stage, string]>([
  ['reset', '554 Too many nonmail commands'],
  ['reset', '421 4.7.0 mx.example.org closing'],
  ['mail', '554 Too many nonmail commands'],
  ['mail', '421 4.4.2 mx.example.org Error: timeout exceeded'],
  ['mail', '503 5.5.1 Error: nested MAIL command'],
  ['rcpt', '421 4.7.0 mx.example.org Error: too many errors'],
  ['rcpt', '421 4.5.0 Too many errors, bye'],
  ['rcpt', '421 4.7.0 mx.example.org Too many bad commands; closing connection'],
  ['rcpt', '421 4.3.2 Service shutting down'],
  ['rcpt', '421 closing'],
  ['data', '421 4.5.0 Too many errors, bye'],
])('at %s, "%s" is about a connection that has had refusals', (stage, line) => {
  expect(judged(line, stage, refusing)).toBe('over');
});

test('on a fresh connection only a 421 to MAIL is about the connection', () => {
  expect(judged('421 4.3.2 closing', 'mail', fresh)).toBe('over');
  expect(judged('554 5.7.1 not your sender', 'mail', fresh)).toBe('sender-refused');
  expect(judged('421 4.3.2 Service shutting down', 'rcpt', fresh)).toBe('temporary');
  expect(judged('421 4.7.0 Too many errors', 'rcpt', fresh)).not.toBe('over');
});

test("a provider's 421 is its throttle, also on a connection that has had refusals", () => {
  expect(judged('421 4.7.28 Gmail has detected an unusual rate of mail', 'rcpt', refusing)).toBe('throttled');
  expect(judged('550 5.1.1 User unknown', 'rcpt', refusing)).toBe('refused');
});
