import { describe, expect, test } from 'vitest';
import { restoreSlots } from '../../../src/render/slots/restore-slots.ts';
import { SlotMarkers } from '../../../src/render/slots/slot-markers.ts';
import { compileTheme } from '../../../src/render/slots/theme-template.ts';

const t = (key: string): string => key;

function render(source: string): string {
  const partials = { foot: { source: 'ok', file: 'foot.mjml' } };
  const slots = new SlotMarkers();
  const issue = { tags: ['a'], title: 'T', tail: 'a\\' };
  return restoreSlots(
    slots,
    compileTheme(`first line\n${source}`, 'emails/issue.mjml', { partials })({ issue }, t, slots),
  );
}

describe('a fault of a theme names file and line', () => {
  test.each([
    ['{{this.title}}', 'depends on the place where it is used'],
    ['{{../title}}', 'depends on the place where it is used'],
    ['{{.}}', 'depends on the place where it is used'],
    [
      '{{title}}',
      'there is no "title" here (there are: issue, newsletter, theme, block, notice, reader, link)',
    ],
    ['{{foo.bar}}', 'there is no "foo" here'],
    ['{{@root.issue}}', 'only @index, @key, @first and @last'],
    ['{{@index}}', 'only inside {{#each}}'],
    ['{{reader.nmae}}', 'there is no slot "reader.nmae"'],
    ['{{#if reader}}{{/if}}', 'there is no slot "reader"'],
    ['{{{reader.name}}}', 'always escaped'],
    ['{{&reader.name}}', 'always escaped'],
    ['{{upper issue.title}}', 'there is no helper "upper"'],
    ['{{log issue.title}}', 'there is no helper "log"'],
    ['{{slot "print" "x" "{{"}}', 'there is no helper "slot"'],
    ['{{encode issue.title}}', 'there is no helper "encode"'],
    [
      '{{#issue.tags}}{{/issue.tags}}',
      'is not a block helper: write {{#if issue.tags}} or {{#each issue.tags as |item|}}',
    ],
    ['{{#each issue.tags}}{{/each}}', 'needs a name for its value'],
    ['{{#if issue.title as |x|}}{{/if}}', 'cannot name a value'],
    ['{{#if reader.name issue.title}}{{/if}}', 'takes one value'],
    ['{{#repeat 3}}{{/repeat}}', 'there is no helper "repeat"'],
    ['{{"text"}}', 'expected a name'],
    ['{{> nowhere}}', 'there is no partial "nowhere" (there are: foot)'],
    ['{{> foot issue}}', 'takes its values by name'],
    ['{{> foot label="x"}}', '"label" cannot be passed to a partial'],
    ['{{> foot block=reader.name}}', 'a slot cannot be passed to a partial'],
    ['{{> (default reader.name "foot")}}', 'partials cannot differ per reader'],
    ['{{#*inline "x"}}{{/inline}}', 'decorators'],
    ['{{t reader.name}}', '{{t}} takes one key that all readers share'],
    ["{{default reader.name (t 'x' name=reader.email)}}", 'cannot stand inside another helper'],
    ['{{default reader.name issue.tags}}', 'not with a list'],
    ['{{default reader.name issue.tail}}', 'cannot end in a backslash'],
    ['{{#if issue.title}}', 'the file ends before every block is closed'],
    ['{{t key=}}', 'unexpected CLOSE near "'],
    ['{{#if issue.title}}{{/unless}}', "if doesn't match unless"],
  ])('%s', (source, text) => {
    expect(() => render(source)).toThrow(expect.objectContaining({ name: 'Refused', code: 'template' }));
    expect(() => render(source)).toThrow(text);
    expect(() => render(source)).toThrow(/^emails\/issue\.mjml:[23]: /);
  });

  test('a fault in a partial names the partial', () => {
    const partials = { foot: { source: '\n\n{{nobody}}', file: 'emails/blocks/foot.mjml' } };
    expect(() => compileTheme('{{> foot}}', 'issue.mjml', { partials })).toThrow(
      'emails/blocks/foot.mjml:3: ',
    );
  });

  test('a partial that includes itself for ever is refused', () => {
    const partials = { foot: { source: '{{> foot}}', file: 'foot.mjml' } };
    const template = compileTheme('{{> foot}}', 'issue.mjml', { partials });
    expect(() => template({}, t, new SlotMarkers())).toThrow(/^issue\.mjml: /);
  });
});

describe('a block that loses an end on its way through the compiler', () => {
  const slots = new SlotMarkers();
  const template = compileTheme('<a>\n{{#if reader.name}}b{{else}}c{{/if}}', 'issue.mjml');
  const marked = template({}, t, slots);
  const [open = '', orElse = '', close = ''] = marked.match(/q[0-9a-f]+n\d+q/g) ?? [];

  test.each([
    ['its end', [open, orElse]],
    ['its beginning', [close]],
    ['its order', [close, open]],
    ['its beginning before the else', [orElse, close]],
  ])('is refused when it lost %s', (_, kept) => {
    expect(() => restoreSlots(slots, kept.join(' text '))).toThrow(/^issue\.mjml:2: .* lost its other end/);
  });
});
