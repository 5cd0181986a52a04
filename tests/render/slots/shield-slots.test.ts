import { describe, expect, test } from 'vitest';
import { compileMjml } from '../../../src/render/mjml/compile.ts';
import { compileFill } from '../../../src/render/slots/fill.ts';
import { restoreSlots } from '../../../src/render/slots/restore-slots.ts';
import { shieldSlots } from '../../../src/render/slots/shield-slots.ts';
import { SlotMarkers } from '../../../src/render/slots/slot-markers.ts';
import { compileTheme } from '../../../src/render/slots/theme-template.ts';

async function built(body: string): Promise<(name: string | null) => string> {
  const slots = new SlotMarkers();
  const source = `<mjml><mj-body>${body}</mj-body></mjml>`;
  const mjml = compileTheme(source, 'issue.mjml')({ issue: { title: 'T' } }, (key) => key, slots);
  const { html, faults } = await compileMjml(shieldSlots(slots, mjml));
  expect(faults).toEqual([]);
  const fill = compileFill(restoreSlots(slots, html), 'html');
  return (name) => fill({ reader: { name }, link: { view: 'https://example.org/?a=b&c' } });
}

describe('slots go through the MJML compiler wherever a designer puts them', () => {
  test('in text, in attributes, in raw HTML', async () => {
    const fill = await built(
      '<mj-section><mj-column><mj-text>Hi {{reader.name}}</mj-text><mj-button href="{{link.view}}" title="{{reader.name}}">go</mj-button><mj-raw><i>{{reader.name}}</i></mj-raw></mj-column></mj-section>',
    );
    const html = fill('A "B" <C>');
    expect(html).toContain('Hi A &quot;B&quot; &lt;C&gt;');
    expect(html).toContain('href="https://example.org/?a&#x3D;b&amp;c"');
    expect(html).toContain('title="A &quot;B&quot; &lt;C&gt;"');
    expect(html).toContain('<i>A &quot;B&quot; &lt;C&gt;</i>');
  });

  test('around an attribute', async () => {
    const fill = await built(
      '<mj-section><mj-column><mj-text><a href="#a"{{#if reader.name}} title="{{reader.name}}"{{/if}}>x</a></mj-text></mj-column></mj-section>',
    );
    expect(fill('Ann')).toMatch(/<a href="#a" +title="Ann" *>/);
    expect(fill(null)).toMatch(/<a href="#a" *>/);
  });

  test.each([
    [
      'sections',
      '{{#if reader.name}}<mj-section><mj-column><mj-text>known {{issue.title}}</mj-text></mj-column></mj-section>{{else}}<mj-section><mj-column><mj-text>stranger</mj-text></mj-column></mj-section>{{/if}}',
    ],
    [
      'columns',
      '<mj-section>{{#if reader.name}}<mj-column><mj-text>known {{issue.title}}</mj-text></mj-column>{{else}}<mj-column><mj-text>stranger</mj-text></mj-column>{{/if}}</mj-section>',
    ],
    [
      'lines',
      '<mj-section><mj-column>\n{{#if reader.name}}\n<mj-text>known {{issue.title}}</mj-text>\n{{else}}\n<mj-text>stranger</mj-text>\n{{/if}}\n</mj-column></mj-section>',
    ],
    [
      'words',
      '<mj-section><mj-column><mj-text>{{#if reader.name}}known {{issue.title}}{{else}}stranger{{/if}}</mj-text></mj-column></mj-section>',
    ],
  ])('a block around %s', async (_, body) => {
    const fill = await built(body);
    expect(fill('Ann')).toContain('known T');
    expect(fill('Ann')).not.toContain('stranger');
    expect(fill(null)).toContain('stranger');
    expect(fill(null)).not.toContain('known');
  });
});
