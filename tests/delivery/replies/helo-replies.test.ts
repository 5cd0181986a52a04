import { expect, test } from 'vitest';
import { classifyReply } from '../../../src/delivery/replies/classify.ts';
import { isAboutHeloName } from '../../../src/delivery/replies/helo-replies.ts';

const reply = (line: string) => {
  const text = line.slice(4);
  return { code: Number(line.slice(0, 3)), enhanced: /^\d\.\d+\.\d+/.exec(text)?.[0] ?? null, text };
};

test.each([
  '504 5.5.2 <9f3ab27c01de>: Helo command rejected: need fully-qualified hostname',
  '504 5.5.2 need fully-qualified hostname',
  '550 5.7.1 <news.lan>: Helo command rejected: Host not found',
  '501 5.5.2 <a_b>: Helo command rejected: Invalid name',
  '550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)',
  '550 HELO should be a FQDN or address literal (see RFC 5321 4.1.1.1)',
  '554 5.7.1 EHLO argument does not resolve',
  '550 Bad HELO - Host impersonating [localhost]',
])('%s is about our name, wherever it is said', (line) => {
  expect(classifyReply(reply(line), 'rcpt')).toMatchObject({ about: 'sender', kind: 'sender-refused' });
  expect(classifyReply(reply(line), 'mail')).toMatchObject({ about: 'sender', kind: 'sender-refused' });
});

test('a name that cannot be looked up now rests the relay, and charges no reader', () => {
  const line = '450 4.7.1 <news.lan>: Helo command rejected: Host not found';
  expect(classifyReply(reply(line), 'rcpt')).toMatchObject({ about: 'relay', kind: 'relay-busy' });
});

test.each([
  '504 5.5.2 <joe>: Recipient address rejected: need fully-qualified address',
  '503 5.5.1 Error: send HELO/EHLO first',
  '550 5.1.1 <helo@example.org>: User unknown',
  '250 Hello helo.example.org',
])('%s is not about our name', (line) => {
  expect(isAboutHeloName(reply(line))).toBe(false);
});
