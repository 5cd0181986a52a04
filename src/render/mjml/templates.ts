/** The templates of a theme: found in the email files, compiled once, with faults located by file and line. */
import { Refused } from '../../errors.ts';
import { shieldSlots } from '../slots/shield-slots.ts';
import type { SlotMarkers } from '../slots/slot-markers.ts';
import { compileTheme, type Partials, type ThemeTemplate } from '../slots/theme-template.ts';
import { cached } from '../theme/cache.ts';
import type { EmailFiles } from '../theme/email-files.ts';
import { themeFile, themePartials } from '../theme/theme-files.ts';
import type { Translate } from '../theme/words.ts';
import { compileMjml } from './compile.ts';

/** Fills a template of the theme (`issue.mjml`, `blocks/qa.mjml`) with values that all readers share. */
export type FillTemplate = (name: string, context: object) => string;

/** The templates of one theme for one rendering. */
function templatesOf(emails: EmailFiles, theme: string, t: Translate, slots: SlotMarkers): FillTemplate {
  return (name, context) => compiled(emails, theme, name)(context, t, slots);
}

function compiled(emails: EmailFiles, theme: string, name: string): ThemeTemplate {
  return cached(emails, `template ${theme} ${name}`, () => compile(emails, theme, name, (source) => source));
}

type Edit = (source: string, file: string) => string;

function compile(emails: EmailFiles, theme: string, name: string, edit: Edit): ThemeTemplate {
  const path = themeFile(emails, theme, name);
  const file = emails.name(path);
  const partials = partialsOf(emails, theme, edit);
  return compileTheme(edit(emails.need(path), file), file, { partials });
}

function partialsOf(emails: EmailFiles, theme: string, edit: Edit): Partials {
  const entries = themePartials(emails, theme).map(([name, path]) => {
    const file = emails.name(path);
    return [name, { source: edit(emails.need(path), file), file }] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Builds MJML with `build` and compiles it. Anything MJML complains about is a fault of the theme, because the content of
 * an issue never becomes MJML. Throws Refused('template') with the file and line of the tag.
 */
export async function compileMail(
  emails: EmailFiles,
  theme: string,
  t: Translate,
  slots: SlotMarkers,
  build: (fill: FillTemplate) => string,
): Promise<{ html: string; mjml: string }> {
  const mjml = shieldSlots(slots, build(templatesOf(emails, theme, t, slots)));
  const torn = unbalanced(mjml);
  const { html, faults } = torn ? { html: '', faults: [] } : await compileMjml(mjml);
  if (!torn && faults.length === 0) return { html, mjml };
  const marked = build((name, context) => compile(emails, theme, name, withPlaces)(context, t, slots));
  throw await explain(marked, emails, theme);
}

/** Puts every MJML tag on a line of its own, after a comment that says where it comes from. */
const withPlaces: Edit = (source, file) => {
  let line = 0;
  const mark = (text: string): string => {
    line += 1;
    return text.replace(/<\/?(mj-|mjml\b)/g, (tag) => `\n<!--@${file}:${line}-->${tag}`);
  };
  return source.split('\n').map(mark).join('\n');
};

async function explain(marked: string, emails: EmailFiles, theme: string): Promise<Refused> {
  const lines = marked.split('\n');
  const place = (line: number): string =>
    /<!--@(.+?)-->/.exec(lines[line - 1] ?? '')?.[1] ?? emails.name(themeFile(emails, theme, 'issue.mjml'));
  const torn = unbalanced(marked);
  if (torn) return new Refused('template', `${place(torn.line)}: ${torn.text}`);
  const { faults } = await compileMjml(marked);
  const texts = faults.map(({ line, tag, text }) => `${place(line)}: <${tag}> ${text}`);
  return new Refused('template', [...new Set(texts)].join('\n'));
}

/** The MJML parser accepts unclosed tags and silently drops what follows them. */
function unbalanced(mjml: string): { line: number; text: string } | null {
  const open: { tag: string; at: number }[] = [];
  const found = (at: number, text: string) => ({ line: mjml.slice(0, at).split('\n').length, text });
  for (const { 1: slash, 2: tag, 3: selfClosed, index } of mjml.matchAll(
    /<(\/?)(mj-[a-z-]+|mjml)\b(?:[^>"']|"[^"]*"|'[^']*')*?(\/?)>/g,
  )) {
    if (!slash && !selfClosed) open.push({ tag: tag!, at: index });
    if (!slash) continue;
    const last = open.pop();
    if (!last) return found(index, `</${tag}> closes nothing`);
    if (last.tag !== tag) return found(last.at, `<${last.tag}> is not closed (</${tag}> comes first)`);
  }
  const last = open.pop();
  return last ? found(last.at, `<${last.tag}> is not closed`) : null;
}
