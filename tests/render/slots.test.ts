import { describe, expect, test } from 'vitest';
import { compileTheme, restore, Slots } from '../../src/render/slots.ts';

function freeze(source: string, context: object): string {
  const slots = new Slots();
  const t = (key: string) => key;
  return restore(slots, compileTheme(source, 'issue.mjml')(context, t, slots));
}

describe('what all readers share is resolved, what differs stays', () => {
  test('a plain slot', () => {
    const issue = { title: 'A & B' };
    expect(freeze('{{issue.title}} {{reader.name}}', { issue })).toBe('A &amp; B {{reader.name}}');
  });
});
