/** The direct way prints what Handlebars prints, or leaves the template to it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePart } from '../../../src/render/message/mime-part.ts';
import { directSteps } from '../../../src/render/slots/direct-fill.ts';
import { compileFill, parseSlots, type SlotValues } from '../../../src/render/slots/fill.ts';

/** A part as its reader sees it: quoted-printable undone, line ends as templates write them. */
function read(template: string, kind: 'html' | 'text', values: SlotValues): string {
  const pieces: (Buffer | string)[] = [];
  compilePart(template, kind)(values, pieces);
  const encoded = pieces
    .map((piece) => (typeof piece === 'string' ? piece : piece.toString('latin1')))
    .join('');
  const bytes = encoded
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n');
}

const isDirect = (template: string) => directSteps(parseSlots(template), (text) => text) !== null;

const path = fc.constantFrom(
  'reader.name',
  'reader.email',
  'reader.attributes.city',
  'reader.attributes.city.deeper',
  'reader.attributes.constructor',
  'reader.attributes.gone.deeper',
  'link.unsubscribe',
  'link.view',
);
const words = fc.constantFrom('Dear ', ' & <b>', '\n', 'ünï 一\n', '  ', '.', 'From me\n', ' } ');
const value = fc.oneof(
  path,
  fc.tuple(path, path).map(([a, b]) => `(default ${a} ${b} "you & me")`),
  fc.constant('"said"'),
);
const slot = fc.oneof(
  path.map((name) => `{{${name}}}`),
  fc.tuple(value, value).map(([a, b]) => `{{default ${a} ${b}}}`),
);
const { template } = fc.letrec<{ template: string; piece: string }>((tie) => ({
  template: fc.array(tie('piece'), { maxLength: 6 }).map((list) => list.join('')),
  piece: fc.oneof(
    { depthSize: 'small' },
    words,
    slot,
    fc
      .tuple(fc.constantFrom('if', 'unless'), value, tie('template'), tie('template'), fc.boolean())
      .map(
        ([name, about, some, none, other]) =>
          `{{#${name} ${about}}}${some}${other ? `{{else}}${none}` : ''}{{/${name}}}`,
      ),
  ),
}));

const texts = fc.constantFrom('', '0', 'Ann', 'Ann <ann@example.org>', '  ', 'Łódź', 'x'.repeat(200));
const values: fc.Arbitrary<SlotValues> = fc.record({
  reader: fc.record({
    email: texts,
    name: fc.option(texts),
    attributes: fc.dictionary(fc.constantFrom('city', 'other'), texts),
  }),
  link: fc.record({ unsubscribe: texts, view: texts }, { requiredKeys: [] }),
});

test.each(['html', 'text'] as const)('slots and choices of %s print what Handlebars prints', (kind) => {
  fc.assert(
    fc.property(template, values, (source, given) => {
      expect(isDirect(source)).toBe(true);
      expect(read(source, kind, given)).toBe(compileFill(source, kind)(given));
    }),
    { numRuns: 400 },
  );
});

test.each([
  '{{#each reader.attributes as |value|}}{{value}}{{/each}}',
  '{{#with reader.name as |name|}}{{name}}{{/with}}',
  '{{#if (eq reader.name "Ann")}}you{{/if}}',
  '{{#if reader.name includeZero=true}}you{{/if}}',
  '{{lookup reader.attributes "city"}}',
  '{{join reader.attributes.list ", "}}',
  '{{#if link.view}}{{or reader.name "you"}}{{/if}}',
])('%s is left to Handlebars', (source) => {
  expect(isDirect(source)).toBe(false);
  const given = {
    reader: { name: 'Ann', attributes: { city: 'Łódź' } },
    link: { view: 'https://example.org' },
  };
  expect(read(source, 'text', given)).toBe(compileFill(source, 'text')(given));
});
