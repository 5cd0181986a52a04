import fc from 'fast-check';
import { type AddressObject, simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import type { Edition, Fill } from '../../../src/render/edition/edition.ts';
import { compileMessages, splitMessage } from '../../../src/render/message/message.ts';

const edition: Edition = {
  language: 'zh',
  subject: '周刊第 42 期',
  preheader: '',
  html: '<p>x</p>',
  text: 'x',
  slots: [],
  from: { name: '周刊, Weekly', address: 'news@example.org' },
  replyTo: { name: 'The "Editors"', address: 'editors@example.org' },
  listId: 'weekly.example.org',
  listName: '周刊',
  archiveUrl: 'https://example.org/archive/weekly',
  feedbackId: 'weekly:issue:postrider',
  headers: { 'X-Kind': 'issue' },
  hash: 'd2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26',
};

const fill: Fill = {
  to: { name: 'Ann O’Hara', address: 'ann@example.net' },
  reader: { email: 'ann@example.net', name: 'Ann', language: 'en', attributes: {} },
  links: { unsubscribe: 'https://example.org/unsubscribe/k1.abc' },
  messageId: '1.weekly@example.org',
  deliveryId: 'k1.d.tag',
  date: new Date('2026-11-23T12:00:00Z'),
};

const headerOf = (message: Buffer): string => splitMessage(message).header.toString();

/** Field names in order, and the unfolded value of one field. */
const names = (header: string): string[] => [...header.matchAll(/^([^\s:]+):/gm)].map(([, name]) => name!);
const fieldOf = (header: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(header.replaceAll(/\r\n /g, ' '))?.[1]?.trimEnd();

describe('the header of an issue', () => {
  const header = headerOf(compileMessages(edition, { headers: { 'X-Relay-Tag': 'weekly' } })(fill));

  test('has every field of the design once', () => {
    expect(names(header)).toEqual([
      'From',
      'To',
      'Reply-To',
      'Subject',
      'Date',
      'Message-ID',
      'X-Postrider-Id',
      'List-Id',
      'List-Unsubscribe',
      'List-Unsubscribe-Post',
      'List-Archive',
      'Feedback-ID',
      'X-Kind',
      'X-Relay-Tag',
      'MIME-Version',
      'Content-Type',
    ]);
  });

  test.each([
    ['Date', 'Mon, 23 Nov 2026 12:00:00 +0000'],
    ['Message-ID', '<1.weekly@example.org>'],
    ['X-Postrider-Id', 'k1.d.tag'],
    ['List-Unsubscribe', '<https://example.org/unsubscribe/k1.abc>'],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    ['List-Archive', '<https://example.org/archive/weekly>'],
    ['Feedback-ID', 'weekly:issue:postrider'],
    ['Reply-To', '"The \\"Editors\\"" <editors@example.org>'],
    ['MIME-Version', '1.0'],
  ])('%s', (name, value) => {
    expect(fieldOf(header, name)).toBe(value);
  });

  test('reads as it was written', async () => {
    const parsed = await simpleParser(compileMessages(edition)(fill));
    expect(parsed.subject).toBe(edition.subject);
    expect(parsed.from?.value).toEqual([edition.from]);
    expect(parsed.replyTo?.value).toEqual([edition.replyTo]);
    expect((parsed.to as AddressObject).value).toEqual([fill.to]);
    expect(parsed.date).toEqual(fill.date);
  });
});

test('a long List-Unsubscribe and Message-ID begin on the line of their field', () => {
  const long = 'x'.repeat(400);
  const unsubscribe = `https://example.org/unsubscribe/k1.${long}`;
  const header = headerOf(
    compileMessages(edition)({ ...fill, links: { unsubscribe }, messageId: `${long}@example.org` }),
  );
  expect(header).toContain(`\r\nList-Unsubscribe: <${unsubscribe}>\r\n`);
  expect(header).toContain(`\r\nMessage-ID: <${long}@example.org>\r\n`);
  expect(header).not.toMatch(/^[\w-]+:\r?$/m);
});

test('whoever can leave by mail, too, finds that address behind the https one', () => {
  const links = {
    ...fill.links,
    unsubscribeByMail: 'mailto:unsubscribe+abc@bounces.example.org?subject=unsubscribe',
  };
  const header = headerOf(compileMessages(edition)({ ...fill, links }));
  expect(fieldOf(header, 'List-Unsubscribe')).toBe(
    '<https://example.org/unsubscribe/k1.abc>, <mailto:unsubscribe+abc@bounces.example.org?subject=unsubscribe>',
  );
  expect(fieldOf(header, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
});

describe('a service mail', () => {
  test('belongs to no list, and a test message carries no delivery id', () => {
    const service = { ...edition, headers: { 'Auto-Submitted': 'auto-generated' } };
    const links = { confirm: 'https://example.org/confirm/k1.abc' };
    const header = headerOf(compileMessages(service)({ ...fill, links, deliveryId: null }));
    expect(names(header).filter((name) => /^list-|^x-postrider/i.test(name))).toEqual([]);
    expect(fieldOf(header, 'Auto-Submitted')).toBe('auto-generated');
  });
});

describe('texts in fields', () => {
  const words = fc.oneof(
    fc.string({ maxLength: 120 }),
    fc.string({ unit: 'grapheme', maxLength: 120 }),
    fc.string({
      unit: fc.constantFrom(
        ' ',
        '  ',
        '中',
        '文字',
        '😀',
        '=?utf-8?q?x?=',
        '"',
        '\\',
        ',',
        '<a@b>',
        'word',
        'é',
        '_',
        '?',
      ),
      maxLength: 80,
    }),
  );

  test('no line is over 76 characters, no character is split, and all comes back', async () => {
    await fc.assert(
      fc.asyncProperty(words, words, async (subject, name) => {
        const [title, sender] = [subject, name].map((text) =>
          text.replace(/\p{Cc}|[\u2028\u2029]/gu, ' ').trim(),
        );
        const one = {
          ...edition,
          subject: title!.replaceAll('{{', '{'),
          from: { ...edition.from, name: sender! },
        };
        const message = compileMessages(one)(fill);
        const lines = headerOf(message).split('\r\n');
        expect(lines.filter((line) => line.length > 76)).toEqual([]);
        const parsed = await simpleParser(message);
        expect(parsed.subject ?? '').toBe(Buffer.from(one.subject).toString());
        expect(parsed.from?.value).toHaveLength(1);
        expect(parsed.from?.value[0]?.address).toBe('news@example.org');
        expect(parsed.from?.value[0]?.name).toBe(Buffer.from(sender!).toString());
      }),
      { numRuns: 150 },
    );
  });

  test('each encoded word is whole UTF-8 of at most 75 characters', () => {
    const subject = '每一个字符👩🏽‍💻都是完整的'.repeat(12);
    const header = headerOf(compileMessages({ ...edition, subject })(fill));
    const parts = [...header.matchAll(/=\?UTF-8\?B\?([^?]+)\?=/g)];
    expect(parts.length).toBeGreaterThan(5);
    for (const [word, base64] of parts) {
      expect(word.length).toBeLessThanOrEqual(75);
      expect(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64!, 'base64'))).not.toBe('');
    }
  });

  test('a subject over 250 characters is refused', () => {
    expect(() => compileMessages({ ...edition, subject: '长'.repeat(251) })).toThrow(
      'at most 250 characters, got 251',
    );
    expect(() => compileMessages({ ...edition, subject: '长'.repeat(250) })).not.toThrow();
  });

  test('a list name that makes List-Id too long is left out', () => {
    const header = headerOf(compileMessages({ ...edition, listName: '周'.repeat(80) })(fill));
    expect(fieldOf(header, 'List-Id')).toBe('<weekly.example.org>');
  });
});

describe('addresses', () => {
  const to = (address: string): string =>
    headerOf(compileMessages(edition)({ ...fill, to: { name: '', address } }));

  test('a domain outside ASCII goes out as its A-label', () => {
    expect(fieldOf(to('ann@例子.公司'), 'To')).toBe('ann@xn--fsqu00a.xn--55qx5d');
  });

  test('a local part outside ASCII stays UTF-8 for relays with SMTPUTF8', async () => {
    expect(fieldOf(to('用户@example.org'), 'To')).toBe('用户@example.org');
    const message = compileMessages(edition)({ ...fill, to: { name: '用户', address: '用户@example.org' } });
    expect(((await simpleParser(message)).to as AddressObject).value).toEqual([
      { name: '用户', address: '用户@example.org' },
    ]);
  });

  test.each([
    'a@b@example.org',
    'a@example.org, b@example.org',
    'a@example.org b@example.org',
    'a@example.org\r\nBcc: b@example.org',
    'a@example.org\n',
    '<a@example.org>',
    'Ann <a@example.org>',
    'a b@example.org',
    '"a b"@example.org',
    'a@exa mple.org',
    'a@',
    '@example.org',
    'a',
    '',
    'a@-example.org',
    'a@example..org',
    'a\0@example.org',
    'a(x)@example.org',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b'.repeat(64)}.org`,
    'a\u0085@example.org',
    'a;b@example.org',
    'a@[127.0.0.1]',
  ])('refuses %j, and does not repeat it', (address) => {
    const attempt = () => to(address);
    expect(attempt).toThrow(expect.objectContaining({ name: 'Refused', code: 'bad-address' }));
    if (address.length > 3) expect(attempt).not.toThrow(address);
    const from = { name: 'x', address };
    expect(() => compileMessages({ ...edition, from })).toThrow(
      expect.objectContaining({ code: 'bad-address' }),
    );
    expect(() => compileMessages({ ...edition, replyTo: from })).toThrow(
      expect.objectContaining({ code: 'bad-address' }),
    );
  });
});

describe('fields that cannot be sent are refused', () => {
  const refusal = expect.objectContaining({ name: 'Refused', code: 'bad-header' });

  test.each<[string, Partial<Edition>]>([
    ['a control character in the subject', { subject: 'a\r\nBcc: x@example.org' }],
    ['a control character in a name', { from: { name: 'a\r\nb', address: 'a@example.org' } }],
    ['a control character in a value', { headers: { 'X-A': 'a\nb' } }],
    ['a name with a colon', { headers: { 'X-A:': 'a' } }],
    ['a name with a line end', { headers: { 'X-A\r\nBcc': 'a' } }],
    ['a name with a dot in front', { headers: { '.X': 'a' } }],
    ['a field of our own', { headers: { subject: 'a' } }],
    ['a second recipient', { headers: { Bcc: 'a@example.org' } }],
    ['another content type', { headers: { 'content-type': 'text/plain' } }],
    ['a List-Id that is no name', { listId: 'weekly> <x' }],
    ['a List-Id over 255 octets', { listId: `${'a.'.repeat(130)}org` }],
    ['an archive that is no URL', { archiveUrl: 'javascript:alert(1)' }],
    ['a Feedback-ID with blanks', { feedbackId: 'a b' }],
  ])('%s', (_, part) => {
    expect(() => compileMessages({ ...edition, ...part })).toThrow(refusal);
  });

  test.each<[string, Partial<Fill>]>([
    ['a link with a line end', { links: { unsubscribe: 'https://example.org/\r\nBcc:x' } }],
    ['a link with brackets', { links: { unsubscribe: 'https://example.org/><x' } }],
    ['a link of another scheme', { links: { view: 'javascript:alert(1)' } }],
    ['a link over 900 octets', { links: { unsubscribe: `https://example.org/${'a'.repeat(900)}` } }],
    ['a Message-ID with brackets', { messageId: '<1@example.org>' }],
    ['a Message-ID with a blank', { messageId: '1 2@example.org' }],
    ['a Message-ID without a domain', { messageId: '1' }],
    ['a delivery id with a line end', { deliveryId: 'a\r\nb' }],
    ['a date that is none', { date: new Date(Number.NaN) }],
  ])('%s', (_, part) => {
    expect(() => compileMessages(edition)({ ...fill, ...part })).toThrow(refusal);
  });
});

test('a relay’s own field wins over the edition’s', () => {
  const header = headerOf(compileMessages(edition, { headers: { 'x-kind': 'relay' } })(fill));
  expect(names(header).filter((name) => /^x-kind$/i.test(name))).toHaveLength(1);
  expect(fieldOf(header, 'x-kind')).toBe('relay');
});
