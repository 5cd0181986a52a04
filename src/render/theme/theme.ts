/** A theme: `emails/themes/<name>/theme.yaml`, with the newsletter's own colours. */
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { Refused } from '../../errors.ts';
import type { NewsletterView } from '../edition/newsletter-view.ts';
import { cached } from './cache.ts';
import { isColor, readableOnAll, softTint, textColorOn } from './color.ts';
import type { EmailFiles } from './email-files.ts';
import { isIdeographic, primary } from './language.ts';

const color = z.string().refine(isColor, 'expected a colour such as "#1d4ed8"');
const palette = z.strictObject({
  /** Around the mail. */
  background: color,
  /** The mail itself. */
  surface: color,
  /** Quiet areas: questions, code, cards. */
  tint: color,
  border: color,
  text: color,
  /** Dates, captions, footer. */
  muted: color,
  /** Links, buttons, the mark of an answer. */
  accent: color,
  /** Text on the accent. */
  onAccent: color,
  /** What stands out without being a link: events, versions, sponsors. Defaults to the accent. */
  mark: color.optional(),
});
const file = z.strictObject({
  name: z.string(),
  /** Width of the mail on a wide screen, in px. */
  width: z.number().int().min(320).max(900),
  /** Round corners of the mail and the thickness of the line above it, in px; 0 for none. */
  corner: z.number().int().min(0).max(40).default(0),
  edge: z.number().int().min(0).max(20).default(0),
  /** Round corners of pictures, in px. */
  pictureCorner: z.number().int().min(0).max(40).default(0),
  /** Space on both sides of the picture that an issue opens with, in px; 0: from edge to edge. */
  pictureSide: z.number().int().min(0).max(60).default(0),
  colors: z.strictObject({ light: palette, dark: palette }),
  fonts: z.strictObject({
    text: z.string(),
    code: z.string(),
    /** Replaces `text` for a language: Chinese and Japanese need their own shapes of the same characters. */
    byLanguage: z.record(z.string(), z.string()),
  }),
});

export type Palette = Required<z.infer<typeof palette>>;

/** What templates see as `theme.*`. */
export interface Theme {
  name: string;
  width: number;
  corner: number;
  edge: number;
  pictureCorner: number;
  pictureSide: number;
  light: Palette;
  dark: Palette;
  /** Font stack for the language of the mail, safe inside a double-quoted attribute. */
  font: string;
  codeFont: string;
  /** Chinese, Japanese or Korean: square characters that need more space between lines and no letter spacing. */
  square: boolean;
}

/** The theme of a newsletter in a language. Throws Refused('template') with file and line, or Refused('bad-color'). */
export function themeFor(
  emails: EmailFiles,
  newsletter: Pick<NewsletterView, 'theme' | 'colors'>,
  language: string,
): Theme {
  const { theme: name } = newsletter;
  const written = cached(emails, `theme ${name}`, () => readTheme(emails, name));
  const own = newsletter.colors;
  return {
    name: newsletter.theme,
    width: written.width,
    corner: written.corner,
    edge: written.edge,
    pictureCorner: written.pictureCorner,
    pictureSide: written.pictureSide,
    light: withOwnColors(withMark(written.colors.light), own, ''),
    dark: withOwnColors(withMark(written.colors.dark), { ...inherited(own), ...own }, 'dark.'),
    font: (written.fonts.byLanguage[primary(language)] ?? written.fonts.text).replaceAll('"', "'"),
    codeFont: written.fonts.code.replaceAll('"', "'"),
    square: isIdeographic(language),
  };
}

/** The newsletter's own accent is used in dark mode too, made readable there. */
const inherited = (own: Record<string, string>): Record<string, string> =>
  own.accent === undefined ? {} : { 'dark.accent': own.accent };

const withMark = (written: z.infer<typeof palette>): Palette => ({ mark: written.accent, ...written });

function withOwnColors(base: Palette, own: Record<string, string>, prefix: string): Palette {
  const palette: Palette = { ...base };
  for (const name of Object.keys(base) as (keyof Palette)[]) {
    const value = own[`${prefix}${name}`];
    if (value !== undefined) palette[name] = checked(`${prefix}${name}`, value);
  }
  // Links, labels and marks also appear in questions, answers and events.
  const readable = (color: string): string =>
    readableOnAll(color, (ink) => [palette.surface, palette.tint, softTint(palette.surface, ink)]);
  const mark = palette.mark === base.mark ? palette.mark : readable(palette.mark);
  if (palette.accent === base.accent) return { ...palette, mark };
  const accent = readable(palette.accent);
  return { ...palette, accent, mark, onAccent: own[`${prefix}onAccent`] ?? textColorOn(accent) };
}

function checked(name: string, value: string): string {
  if (isColor(value)) return value;
  throw new Refused('bad-color', `colour ${name}: expected a colour such as "#1d4ed8", got "${value}"`);
}

function readTheme(emails: EmailFiles, name: string): z.infer<typeof file> {
  const path = `themes/${name}/theme.yaml`;
  const text = emails.read(path);
  if (text === null) {
    const names = emails.list('themes').join(', ');
    throw new Refused('unknown-theme', `there is no theme "${name}" (there are: ${names})`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const fault = document.errors[0];
  if (fault)
    throw new Refused('template', `${emails.name(path)}:${fault.linePos?.[0].line ?? 1}: ${fault.message}`);
  const result = file.safeParse(document.toJS());
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const node = document.getIn(issue.path.map(String), true) as { range?: [number] } | undefined;
  const line = node?.range ? lines.linePos(node.range[0]).line : 1;
  throw new Refused('template', `${emails.name(path)}:${line}: ${issue.path.join('.')}: ${issue.message}`);
}
