import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import type { Edition, Fill } from '../../../src/render/edition/edition.ts';
import { compileMessages, splitMessage } from '../../../src/render/message/message.ts';
import { compileFill } from '../../../src/render/slots/fill.ts';
import { restoreSlots } from '../../../src/render/slots/restore-slots.ts';
import { SlotMarkers } from '../../../src/render/slots/slot-markers.ts';

const edition: Edition = {
  language: 'en',
  subject: 'The weekly for {{default reader.name "you"}}',
  preheader: '',
  html: '<p>{{#if reader.name}}Hi {{reader.name}}{{else}}Hello{{/if}} <a href="{{link.unsubscribe}}">leave</a></p>\n',
  text: 'Hi {{default reader.name "friend"}}\n\n{{link.unsubscribe}}\n',
  slots: ['link.unsubscribe', 'reader.name'],
  from: { name: 'Weekly', address: 'news@example.org' },
  replyTo: null,
  listId: 'weekly.example.org',
  listName: 'Weekly',
  archiveUrl: null,
  feedbackId: null,
  headers: {},
  hash: 'd2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26',
};

const fill: Fill = {
  to: { name: 'Ann', address: 'ann@example.net' },
  reader: { email: 'ann@example.net', name: 'Ann', language: 'en', attributes: {} },
  links: { unsubscribe: 'https://example.org/unsubscribe/k1.abc' },
  messageId: '1.weekly@example.org',
  deliveryId: 'k1.d.tag',
  date: new Date('2026-11-23T12:00:00Z'),
};

/** What receivers see, with line ends as templates write them. */
async function received(message: Buffer): Promise<{ html: string; text: string; subject: string }> {
  const { html, text, subject } = await simpleParser(message, { skipTextToHtml: true, skipImageLinks: true });
  return { html: html || '', text: text ?? '', subject: subject ?? '' };
}

function meant(
  { html, text, subject }: Edition,
  { reader, links }: Fill,
): Awaited<ReturnType<typeof received>> {
  const values = { reader, link: links };
  return {
    html: compileFill(html, 'html')(values),
    text: compileFill(text, 'text')(values),
    subject: compileFill(subject, 'text')(values),
  };
}

function expectTransmittable(message: Buffer): void {
  const text = message.toString('latin1');
  expect(text).not.toMatch(/[^\r]\n|\r[^\n]|\r$/);
  expect(text.endsWith('\r\n')).toBe(true);
  const lines = text.split('\r\n');
  expect(lines.filter((line) => line.startsWith('.'))).toEqual([]);
  const { body } = splitMessage(message);
  expect(body.toString('latin1')).toMatch(/^[\t\r\n -~]*$/);
  expect(lines.filter((line) => line.length > 998)).toEqual([]);
  expect(
    body
      .toString('latin1')
      .split('\r\n')
      .filter((line) => line.length > 76),
  ).toEqual([]);
}

const text = (maxLength: number) =>
  fc.oneof(
    fc.string({ maxLength }),
    fc.string({ unit: 'grapheme', maxLength }),
    fc.string({
      unit: fc.constantFrom(
        '.',
        '=',
        ' ',
        '\t',
        '\n',
        '\r\n',
        'From ',
        '<',
        '&',
        '"',
        '{',
        '}',
        '\\',
        '=41',
        '--',
        '中',
        '文',
        '😀',
        '👩🏽‍💻',
        'é',
        'a',
        'b',
      ),
      maxLength,
    }),
  );
/** Editions are made from documents: no NUL, ordinary line ends, sound Unicode. */
const written = (maxLength: number) =>
  text(maxLength).map((value) => value.replaceAll('\r', '').replace(/[\0\u2028\u2029]/g, ''));
const value = fc.oneof(
  text(30),
  text(300),
  fc.constant(`Subject\r\nBcc: evil@example.org\r\n\r\n.\r\nMAIL FROM:<x@y>`),
);

const shapes = [
  '{{reader.name}}',
  '{{default reader.attributes.city "somewhere = else."}}',
  '{{link.view}}',
  '{{#if reader.name}}',
  '{{/if}}',
] as const;

/** A template with random texts around slots and a block. */
const templates = fc.array(written(120), { minLength: 6, maxLength: 6 }).map(([a, b, c, d, e, f]) => {
  const slots = new SlotMarkers();
  const print = (source: string) => slots.mark({ kind: 'print', source, where: null });
  const [name, city, view, open, close] = shapes;
  const block = `${slots.mark({ kind: 'open', source: open, where: null })}${c}${print(name)}${d}${slots.mark({ kind: 'close', source: close, where: null })}`;
  return restoreSlots(slots, `${a}${print(city)}${b}${block}${e}${print(view)}${f}`);
});

const subjects = fc.tuple(written(60), written(60)).map(([a, b]) => {
  const slots = new SlotMarkers();
  const line = (part: string) => part.replace(/[\p{Cc}]/gu, ' ');
  return restoreSlots(
    slots,
    `${line(a)}${slots.mark({ kind: 'print', source: shapes[0], where: null })}${line(b)}`,
  );
});

describe('what arrives is what was meant', () => {
  test('a message reads like the edition filled for its reader', async () => {
    const message = compileMessages(edition)(fill);
    expectTransmittable(message);
    expect(await received(message)).toEqual({
      html: '<p>Hi Ann <a href="https://example.org/unsubscribe/k1.abc">leave</a></p>\n',
      text: 'Hi Ann\n\nhttps://example.org/unsubscribe/k1.abc\n',
      subject: 'The weekly for Ann',
    });
  });

  const unisolated = (text: string): string => text.replace(/[\u2068\u2069]/g, '');

  test('whatever the texts and the values hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        templates,
        templates,
        subjects,
        value,
        fc.option(value),
        async (html, plain, subject, name, city) => {
          const one = { ...edition, html, text: plain, subject };
          const attributes: Record<string, string> = city === null ? {} : { city };
          const reader = { ...fill.reader, name, attributes };
          const links = {
            ...fill.links,
            view: 'https://example.org/archive/weekly/an-issue-with-a-long-name?of=and&a=query#and-a-fragment-too',
          };
          const message = compileMessages(one)({ ...fill, reader, links });
          expectTransmittable(message);
          const wanted = meant(one, { ...fill, reader, links });
          const got = await received(message);
          // Signs around a value that runs the other way are the message's own (`direction.test.ts`).
          expect({ html: unisolated(got.html), text: unisolated(got.text) }).toEqual({
            html: unisolated(sound(wanted.html)),
            text: unisolated(sound(wanted.text)),
          });
          if ([...wanted.subject].length <= 250) expect(got.subject).toBe(sound(wanted.subject));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a value of ten thousand characters is cut into lines that no reader sees', async () => {
    const reader = { ...fill.reader, name: `${'长'.repeat(5000)}${'.='.repeat(2500)}` };
    const message = compileMessages(edition)({ ...fill, reader });
    expectTransmittable(message);
    const got = await received(message);
    expect(got.text).toBe(meant(edition, { ...fill, reader }).text);
    expect(got.subject).toBe(`The weekly for ${'长'.repeat(234)}…`);
  });

  test('line ends of a reader’s fields become blanks, so nothing can be injected', async () => {
    const evil = 'Ann\r\nBcc: evil@example.org\r\n\r\n.\r\n';
    const reader = { ...fill.reader, name: evil };
    const message = compileMessages(edition)({ ...fill, to: { ...fill.to, name: evil }, reader });
    const parsed = await simpleParser(message);
    expect(parsed.headers.has('bcc')).toBe(false);
    expect(parsed.text).toBe(`Hi Ann  Bcc: evil@example.org    .  \n\n${fill.links.unsubscribe}\n`);
  });

  test('an edition in a block language keeps its helpers', async () => {
    const html =
      '{{#each reader.attributes as |value key|}}{{key}}={{value}} {{@root.reader.name}}{{#unless @last}}, {{/unless}}{{/each}}';
    const reader = { ...fill.reader, attributes: { a: '<1>', b: '2' } };
    const message = compileMessages({ ...edition, html })({ ...fill, reader });
    expect((await received(message)).html).toBe('a=&lt;1&gt; Ann, b=2 Ann');
  });
});

/** Lone surrogates cannot be sent. */
const sound = (sent: string): string => Buffer.from(sent).toString();

describe('the shape of a message', () => {
  test('is multipart/alternative, text first, both in UTF-8', async () => {
    const parsed = splitMessage(compileMessages(edition)(fill));
    const types = parsed.body.toString().match(/^Content-T.*$/gm);
    expect(types).toEqual([
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
    ]);
    expect(parsed.header.toString()).toContain('\r\nContent-Type: multipart/alternative;');
  });

  test('splits into header and body for a signature, without copying', () => {
    const message = compileMessages(edition)(fill);
    const { header, body } = splitMessage(message);
    expect(Buffer.concat([header, Buffer.from('\r\n'), body]).equals(message)).toBe(true);
    expect(header.buffer).toBe(message.buffer);
    expect(header.toString().endsWith('\r\n')).toBe(true);
  });

  test('the boundary stands in no part, even when a text quotes it', async () => {
    const boundary = `=_${edition.hash.slice(0, 32)}`;
    const quoting = { ...edition, text: `a\n--${boundary}\n--${boundary}--\nb {{reader.name}}` };
    const message = compileMessages(quoting)({ ...fill, reader: { ...fill.reader, name: `--${boundary}` } });
    expect(splitMessage(message).body.toString().split(`--${boundary}`)).toHaveLength(4);
    expect((await received(message)).text).toBe(`a\n--${boundary}\n--${boundary}--\nb --${boundary}`);
  });

  test('the same fill gives the same bytes, and no message changes another', () => {
    const make = compileMessages(edition);
    const first = make(fill);
    const kept = Buffer.from(first);
    for (let reader = 0; reader < 500; reader++)
      make({ ...fill, to: { name: `R ${reader}`, address: 'r@example.net' } });
    expect(first.equals(kept)).toBe(true);
    expect(make(fill).equals(kept)).toBe(true);
  });

  test('an edition larger than a slab of memory is made too', async () => {
    const text = 'A line of the text.\n'.repeat(20_000);
    const message = compileMessages({ ...edition, text })(fill);
    expect((await received(message)).text).toBe(text);
  });

  test('a template that is no slot template is refused', () => {
    for (const html of [
      '{{> partial}}',
      '{{#if reader.name}}',
      '{{upper reader.name}}',
      '{{#log reader.name}}{{/log}}',
    ]) {
      expect(() => compileMessages({ ...edition, html })).toThrow(
        expect.objectContaining({ name: 'Refused', code: 'template' }),
      );
    }
  });
});
