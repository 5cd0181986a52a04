import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';
import { readThemeCss } from '../../../src/render/theme/theme-css.ts';

/** The built-in files with a theme `mine` laid over them. */
function withTheme(files: Record<string, string>): EmailFiles {
  const folder = mkdtempSync(join(tmpdir(), 'theme-css-'));
  mkdirSync(join(folder, 'themes/mine'), { recursive: true });
  for (const [name, css] of Object.entries(files)) writeFileSync(join(folder, 'themes/mine', name), css);
  return new EmailFiles(folder);
}

const read = (files: Record<string, string>) => readThemeCss(withTheme(files), 'mine', 'content.css');

describe('@partial', () => {
  test('stands for the rules of the partial, in its place', () => {
    const { nodes } = read({
      'content.css': '.a { margin: 0 }\n@partial b;\n.c { margin: 0 }',
      '_b.css': '/* b */ .b { margin: 0 }',
    });
    expect(nodes.map(String)).toEqual(['.a { margin: 0 }', '.b { margin: 0 }', '.c { margin: 0 }']);
  });

  test('takes the partial of the default theme where the theme has none', () => {
    expect(read({ 'content.css': '@partial code;' }).nodes.join()).toContain('.flow .k');
  });

  test('names the file of each rule', () => {
    const { nodes, fileOf } = read({ 'content.css': '@partial b;\n.a {}', '_b.css': '.b {}' });
    expect(nodes.map((node) => fileOf(node).replace(/.*\//, ''))).toEqual(['_b.css', 'content.css']);
  });

  test.each([
    [{ 'content.css': '\n@partial none;' }, 'content.css:2: there is no _none.css'],
    [{ 'content.css': '@partial "../x";' }, 'content.css:1: expected the name of a partial'],
    [{ 'content.css': '@partial b;', '_b.css': '@partial b;' }, '_b.css:1: _b.css includes itself'],
  ])('a fault in %j is told with file and line', (files, message) => {
    expect(() => read(files as Record<string, string>)).toThrow(message);
  });
});
