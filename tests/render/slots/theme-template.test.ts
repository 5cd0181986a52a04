import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { compileFill } from '../../../src/render/slots/fill.ts';
import { restoreSlots } from '../../../src/render/slots/restore-slots.ts';
import { SlotMarkers, slotMarker } from '../../../src/render/slots/slot-markers.ts';
import { slotPaths } from '../../../src/render/slots/slot-paths.ts';
import { compileTheme } from '../../../src/render/slots/theme-template.ts';

const words: Record<string, string> = { friend: 'friend', hello: 'Hello {name}, welcome to {title}' };
const t = (key: string, vars: Record<string, string | number> = {}): string =>
  (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(vars[name]));

const context = {
  issue: { title: 'A & "B"', tags: ['x', 'y'], language: 'zh', date: '2024-03-05', empty: [] },
  newsletter: { name: 'Weekly' },
  theme: { color: '#123456' },
  block: { html: '<b>bold</b>', kind: 'prose' },
};

function freeze(source: string, kind: 'html' | 'text' = 'html'): string {
  const slots = new SlotMarkers();
  const partials = {
    foot: { source: '[{{block.kind}} {{newsletter.name}} {{link.unsubscribe}}]', file: 'foot.mjml' },
    frame: { source: '<{{> @partial-block}}>', file: 'frame.mjml' },
  };
  return restoreSlots(slots, compileTheme(source, 'issue.mjml', { partials, kind })(context, t, slots));
}

describe('phase one resolves what all readers share and leaves the slots', () => {
  test.each([
    ['{{issue.title}} {{reader.name}}', 'A &amp; &quot;B&quot; {{reader.name}}'],
    ['{{{block.html}}}{{block.html}}', '<b>bold</b>&lt;b&gt;bold&lt;/b&gt;'],
    [
      '<a href="{{link.unsubscribe}}" style="color:{{theme.color}}">',
      '<a href="{{link.unsubscribe}}" style="color:#123456">',
    ],
    [
      '{{reader.attributes.city}} {{reader.attributes.[home town]}}',
      '{{reader.attributes.city}} {{reader.attributes.[home town]}}',
    ],
    ['{{issue.nothing}}{{issue.nothing.at.all}}', ''],
  ])('%s', (source, expected) => {
    expect(freeze(source)).toBe(expected);
  });

  test('blocks on a slot keep their branches, and what stands in them is resolved', () => {
    expect(
      freeze('{{#if reader.name}}{{newsletter.name}} {{reader.name}}{{else}}{{issue.language}}{{/if}}'),
    ).toBe('{{#if reader.name}}Weekly {{reader.name}}{{else}}zh{{/if}}');
    expect(freeze('{{#unless link.view}}a{{/unless}}{{^if link.view}}b{{/if}}')).toBe(
      '{{#unless link.view}}a{{/unless}}{{#if link.view}}{{else}}b{{/if}}',
    );
  });

  test('a chain of else if may mix both phases', () => {
    const source = '{{#if issue.empty}}1{{else if reader.name}}2{{else if issue.title}}3{{else}}4{{/if}}';
    expect(freeze(source)).toBe('{{#if reader.name}}2{{else}}3{{/if}}');
  });

  test('inside attributes, and nested', () => {
    const source =
      '<p class="{{#if reader.name}}known{{#if reader.language}} {{reader.language}}{{/if}}{{/if}}">';
    expect(freeze(source)).toBe(source);
  });

  test('what is known now becomes a literal inside a helper on a slot', () => {
    expect(freeze('{{#if (eq reader.language issue.language)}}same{{/if}}')).toBe(
      '{{#if (eq reader.language "zh")}}same{{/if}}',
    );
    expect(freeze('{{default reader.name issue.title}}')).toBe('{{default reader.name "A & \\"B\\""}}');
    expect(freeze("{{default reader.name (t 'friend')}}")).toBe('{{default reader.name "friend"}}');
    expect(
      freeze('{{#each issue.tags as |tag|}}{{#if (eq reader.language tag)}}{{tag}}{{/if}}{{/each}}'),
    ).toBe('{{#if (eq reader.language "x")}}x{{/if}}{{#if (eq reader.language "y")}}y{{/if}}');
  });

  test('words may hold a slot', () => {
    expect(freeze("{{t 'hello' name=reader.name title=issue.title}}", 'text')).toBe(
      'Hello {{reader.name}}, welcome to A & "B"',
    );
    expect(freeze("{{t 'hello' name=(default reader.name 'you') title='x'}}")).toBe(
      'Hello {{default reader.name "you"}}, welcome to x',
    );
  });

  test('partials are compiled the same way, by name, by a computed name, and as a frame', () => {
    const foot = '[prose Weekly {{link.unsubscribe}}]';
    expect(freeze('{{> foot}}')).toBe(foot);
    expect(
      freeze(
        "{{> (lookup issue 'partial')}}{{#each issue.tags as |tag|}}{{> foot block=issue}}{{/each}}".replace(
          "(lookup issue 'partial')",
          'foot',
        ),
      ),
    ).toBe(`${foot}${'[ Weekly {{link.unsubscribe}}]'.repeat(2)}`);
    expect(freeze("{{> (default issue.nothing 'foot')}}")).toBe(foot);
    expect(freeze('{{#> frame}}{{reader.name}} {{issue.language}}{{/frame}}')).toBe('<{{reader.name}} zh>');
  });

  test('a name means the same inside a block as outside', () => {
    const source =
      '{{#each issue.tags as |tag index|}}{{@index}}{{index}}{{tag}}{{issue.language}}{{#unless @last}}, {{/unless}}{{/each}}';
    expect(freeze(source)).toBe('00xzh, 11yzh');
    expect(
      freeze(
        '{{#with issue.title as |title|}}{{title}}{{/with}}{{#with issue.no as |no|}}{{else}}none{{/with}}',
      ),
    ).toBe('A &amp; &quot;B&quot;none');
    expect(freeze('{{#each issue.empty as |x|}}{{x}}{{else}}none{{/each}}')).toBe('none');
  });

  test('a list of slots runs for each reader', () => {
    const source =
      '{{#each reader.attributes as |value key|}}{{key}}={{value}} {{reader.name}} {{issue.language}}{{@index}};{{/each}}';
    const frozen = freeze(source);
    expect(frozen).toBe(
      '{{#each reader.attributes as |value key|}}{{key}}={{value}} {{@root.reader.name}} zh{{@index}};{{/each}}',
    );
    const reader = { name: 'N', attributes: { a: '1', b: '2' } };
    expect(compileFill(frozen, 'html')({ reader, link: {} })).toBe('a=1 N zh0;b=2 N zh1;');
  });

  test('white space that a theme trims is trimmed once', () => {
    expect(freeze('a\n{{#if reader.name}}\n\n  b\n{{~/if}}\n\nc')).toBe(
      'a\n{{!}}{{#if reader.name}}\n  b{{/if}}\nc',
    );
  });
});

describe('helpers', () => {
  test.each([
    ['{{date issue.date "long"}}', '2024年3月5日'],
    ['{{date issue.date "long" language="en"}}', 'March 5, 2024'],
    ['{{date issue.title}}', 'A & "B"'],
    ['{{join issue.tags}} {{join issue.tags "/"}}', 'x, y x/y'],
    ['{{lookup issue "language"}}{{lookup issue "constructor"}}', 'zh'],
    ['{{#if (and issue.title (not issue.empty))}}yes{{/if}}', 'yes'],
    ['{{#if (and issue.title issue.empty)}}yes{{else}}no{{/if}}', 'no'],
    ['{{or issue.empty issue.no "last"}}', 'last'],
    ['{{default issue.no newsletter.name}}', 'Weekly'],
    ['{{#if (eq issue.language "zh")}}yes{{/if}}', 'yes'],
  ])('%s', (source, expected) => {
    expect(freeze(source, 'text')).toBe(expected);
  });
});

describe('slots of an issue', () => {
  test('a marker is one plain word that comes back as a slot, with its fallback', () => {
    const slots = new SlotMarkers();
    const marker = slotMarker(slots, 'reader.name', 'my "friend" }}');
    expect(marker).toMatch(/^[a-z0-9]+$/);
    expect(slotMarker(slots, 'reader.name', 'my "friend" }}')).toBe(marker);
    const template = restoreSlots(slots, `Hi ${marker}!`);
    expect(compileFill(template, 'text')({ reader: {}, link: {} })).toBe('Hi my "friend" }}!');
    expect(compileFill(template, 'text')({ reader: { name: 'Ann' }, link: {} })).toBe('Hi Ann!');
  });

  test('a path that is no slot is refused with the slots that there are', () => {
    const slots = new SlotMarkers();
    for (const path of [
      'reader.nmae',
      'issue.title',
      'reader',
      'link.home',
      'reader.attributes.constructor',
      '',
    ]) {
      expect(() => slotMarker(slots, path)).toThrow(/there is no slot ".*" \(there are: reader\.email, /);
    }
  });

  test('the slots of a template are listed once each, sorted', () => {
    const template =
      '{{reader.name}}{{#if link.view}}{{default reader.name "x"}}{{/if}}{{#each reader.attributes as |v|}}{{@root.reader.email}}{{v}}{{/each}}';
    expect(slotPaths(template)).toEqual(['link.view', 'reader.attributes', 'reader.email', 'reader.name']);
  });
});

describe('filling', () => {
  test('control characters of a reader become blanks, in html values are escaped', () => {
    const reader = { name: 'a\r\nb\0<', attributes: { x: '1\t2' } };
    expect(compileFill('{{reader.name}}{{reader.attributes.x}}', 'html')({ reader, link: {} })).toBe(
      'a  b &lt;1 2',
    );
  });

  test('what a value inherits cannot be read', () => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    onTestFinished(() => log.mockRestore());
    const reader = { attributes: Object.create({ secret: 'y' }) as Record<string, string> };
    expect(compileFill('{{reader.attributes.secret}}', 'text')({ reader, link: {} })).toBe('');
  });
});
