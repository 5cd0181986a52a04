import fc from 'fast-check';
import Handlebars from 'handlebars';
import { describe, expect, test } from 'vitest';
import { compileFill } from '../../../src/render/slots/fill.ts';
import { restoreSlots } from '../../../src/render/slots/restore-slots.ts';
import { SlotMarkers } from '../../../src/render/slots/slot-markers.ts';
import { compileTheme } from '../../../src/render/slots/theme-template.ts';

/** Texts made of what Handlebars reads something into. */
const hostile = fc.string({
  unit: fc.constantFrom(
    '{',
    '{',
    '}',
    '\\',
    '~',
    '!',
    '#',
    '/',
    '^',
    '>',
    '&',
    ' ',
    '\n',
    '\r\n',
    '\t',
    'a',
    'reader.name',
    '"',
    '界',
  ),
  maxLength: 24,
});

const kinds = ['{{reader.name}}', '{{#if reader.email}}', '{{else}}', '{{/if}}'] as const;
const tagKinds = ['print', 'open', 'else', 'close'] as const;

/** A well-formed run of slots with hostile texts between them, and what it prints with empty values. */
const mails = fc
  .array(
    fc.record({ shape: fc.constantFrom('slot', 'block', 'branches'), a: hostile, b: hostile, c: hostile }),
    { maxLength: 5 },
  )
  .map((parts) => ({ parts, slots: new SlotMarkers() }))
  .chain(({ parts, slots }) => hostile.map((tail) => ({ parts, slots, tail })));

type Mail = typeof mails extends fc.Arbitrary<infer T> ? T : never;

function marked({ parts, slots, tail }: Mail): string {
  const mark = (kind: number) => slots.mark({ kind: tagKinds[kind]!, source: kinds[kind]!, where: null });
  const one = ({ shape, a, b, c }: Mail['parts'][number]): string => {
    if (shape === 'slot') return a + mark(0);
    return shape === 'block' ? a + mark(1) + b + mark(3) : a + mark(1) + b + mark(2) + c + mark(3);
  };
  return parts.map(one).join('') + tail;
}

function printed({ parts, tail }: Mail, known: boolean): string {
  const name = known ? 'N' : '';
  const one = ({ shape, a, b, c }: Mail['parts'][number]): string => {
    if (shape === 'slot') return a + name;
    if (known) return a + b;
    return shape === 'block' ? a : a + c;
  };
  return parts.map(one).join('') + tail;
}

describe('restore makes ordinary Handlebars that prints every text as it stands', () => {
  test('any text without slots', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostile,
          fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
        ),
        (text) => {
          const template = restoreSlots(new SlotMarkers(), text);
          expect(Handlebars.compile(template)({})).toBe(text);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('any texts around slots and blocks, for empty and for present values, whatever the compiler options', () => {
    fc.assert(
      fc.property(mails, (mail) => {
        const template = restoreSlots(mail.slots, marked(mail));
        const present = { reader: { name: 'N', email: 'E' }, link: {} };
        expect(Handlebars.compile(template)({})).toBe(printed(mail, false));
        expect(Handlebars.compile(template, { ignoreStandalone: true })(present)).toBe(printed(mail, true));
        expect(compileFill(template, 'text')(present)).toBe(printed(mail, true));
      }),
      { numRuns: 400 },
    );
  });

  test('values of an issue cannot become templates', () => {
    fc.assert(
      fc.property(hostile, (title) => {
        const slots = new SlotMarkers();
        const theme = compileTheme('{{issue.title}}{{reader.name}}{{issue.title}}', 'f', { kind: 'text' });
        const template = restoreSlots(
          slots,
          theme({ issue: { title } }, (key) => key, slots),
        );
        expect(compileFill(template, 'text')({ reader: { name: '!' }, link: {} })).toBe(`${title}!${title}`);
      }),
      { numRuns: 150 },
    );
  });

  test('a literal beside a slot is kept whatever it holds', () => {
    fc.assert(
      fc.property(
        hostile.filter((text) => !text.endsWith('\\')),
        (fallback) => {
          const slots = new SlotMarkers();
          const theme = compileTheme('{{default reader.name issue.title}}', 'f');
          const template = restoreSlots(
            slots,
            theme({ issue: { title: fallback } }, (key) => key, slots),
          );
          expect(compileFill(template, 'text')({ reader: {}, link: {} })).toBe(fallback);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a text with another table’s markers is only text', () => {
    const marker = new SlotMarkers().mark({ kind: 'print', source: '{{reader.name}}', where: null });
    expect(restoreSlots(new SlotMarkers(), marker)).toBe(marker);
  });

  test('NUL, which no mail may hold, becomes a replacement character', () => {
    expect(restoreSlots(new SlotMarkers(), 'a\0b')).toBe('a\uFFFDb');
  });
});
