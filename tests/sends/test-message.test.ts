/** Test messages: marked as such, for chosen eyes, as whoever is to be looked at. */

import { simpleParser } from 'mailparser';
import { afterEach, expect, test } from 'vitest';
import { Refused } from '../../src/errors.ts';
import { systemClock } from '../../src/io/clock.ts';
import { smtpRelay } from '../../src/io/smtp/relay.ts';
import type { Edition } from '../../src/render/edition/edition.ts';
import { sendTest } from '../../src/sends/test-message.ts';
import { relaySettings } from '../helpers/relay-settings.ts';
import { type Sink, startSink } from '../helpers/sink.ts';

let sink: Sink;
afterEach(() => sink.end());

const edition: Edition = {
  language: 'en',
  subject: 'The weekly',
  preheader: '',
  html: '<p>Dear {{default reader.name "reader"}} of {{reader.attributes.city}}, <a href="{{link.unsubscribe}}">leave</a></p>\n',
  text: 'Dear {{default reader.name "reader"}} of {{reader.attributes.city}}\n',
  slots: ['link.unsubscribe', 'reader.attributes.city', 'reader.name'],
  from: { name: 'Weekly', address: 'news@example.org' },
  replyTo: null,
  listId: null,
  listName: 'Weekly',
  archiveUrl: null,
  feedbackId: null,
  headers: {},
  hash: 'd2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26',
};

const ann = { email: 'ann@example.org', name: 'Ann', language: 'en', attributes: { city: 'Lodz' } };

async function relay() {
  sink = await startSink({ keepSource: true });
  return smtpRelay(relaySettings(sink.port), { commandMs: 2_000, dotMs: 2_000 });
}

test.each([
  ['of its own address', null, 'Dear reader of'],
  ['of the subscriber it is to be seen as', ann, 'Dear Ann of Lodz'],
])('a test speaks %s, and goes to nobody but the addresses given', async (_name, as, greeting) => {
  const to = ['you@example.org', 'me@example.org'];
  const results = await sendTest(await relay(), systemClock, edition, to, 'https://news.example.org', as);
  expect(results.map(({ email, accepted }) => [email, accepted])).toEqual(to.map((email) => [email, true]));
  expect(sink.accepted.map((mail) => mail.to)).toEqual(to);
  for (const { source } of sink.accepted) {
    const { subject, text } = await simpleParser(source!);
    expect(subject).toBe('[TEST] The weekly');
    expect(text).toContain(greeting);
  }
});

test('one address that is none: nothing is sent', async () => {
  const to = ['you@example.org', 'a@example.org,b@example.org'];
  await expect(sendTest(await relay(), systemClock, edition, to, 'https://news.example.org')).rejects.toThrow(
    Refused,
  );
  expect(sink.connections).toBe(0);
});
