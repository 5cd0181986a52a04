import { describe, expect, it } from 'vitest';
import { Refused } from '../../src/errors.ts';
import { issueSlug } from '../../src/issue/slug.ts';

const slug = (file: string, frontMatterSlug: string | null = null, optionSlug?: string) =>
  issueSlug({ frontMatterSlug, optionSlug: optionSlug ?? null, file });

describe('the slug of an issue', () => {
  it('is the front matter’s, then the option’s, then the file’s', () => {
    expect(slug('a/week-1.md', 'from-matter', 'from-option')).toBe('from-matter');
    expect(slug('a/week-1.md', null, 'from-option')).toBe('from-option');
    expect(slug('a/2018-01-14-update.md')).toBe('2018-01-14-update');
  });

  it.each(['index.md', '_index.md', 'README.md', 'INDEX.markdown'])('is the folder’s name for %s', (name) => {
    expect(slug(`content/weekly-20220805/${name}`)).toBe('weekly-20220805');
  });

  it('keeps letters of any script and makes the rest fit for an address', () => {
    expect(slug('周报 第1期.md')).toBe('周报-第1期');
    expect(slug('Week #7 (draft).md')).toBe('week-7-draft');
  });

  it.each(['a/b', '../x', '', 'a b', '.hidden', 'a?b'])('refuses %j', (bad) => {
    expect(() => slug('x.md', bad)).toThrow(Refused);
  });

  it('asks for --slug when the source comes from standard input', () => {
    expect(() => slug('-')).toThrow(/--slug/);
  });
});
