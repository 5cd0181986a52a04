/** Phase one: compiles a theme's Handlebars source to a function that resolves everything except the slots. */
import type Handlebars from 'handlebars';
import { Refused } from '../../errors.ts';
import type { Translate } from '../theme/words.ts';
import { literal } from './handlebars-source.ts';
import { createHandlebars, knownHelpers } from './helpers.ts';
import { rewriteTheme } from './rewrite-theme.ts';
import type { SlotMarkers, SlotTag } from './slot-markers.ts';

/** Renders a template with values that all readers share; slots become markers of `slots`. */
export type ThemeTemplate = (context: object, t: Translate, slots: SlotMarkers) => string;

/** The partials for `{{> name}}`: name -> source, and the file to name in faults. */
export type Partials = Readonly<Record<string, { source: string; file: string }>>;

interface ThemeOptions {
  partials?: Partials;
  /** `html` (default) escapes values as HTML; `text` is for subjects and texts. */
  kind?: 'html' | 'text';
}

/**
 * Compiles a template of a theme. `file` appears in faults, e.g. `emails/themes/default/issue.mjml`.
 * Known names are `issue.* newsletter.* theme.* block.*` (now), `reader.* link.*` (slots) and those of `as |x|`.
 * The date language of `{{date}}` is `context.issue.language` unless it says otherwise.
 * Throws Refused('template', 'file:line: ...').
 */
export function compileTheme(source: string, file: string, options: ThemeOptions = {}): ThemeTemplate {
  const handlebars = createHandlebars();
  handlebars.registerHelper('t', translate);
  handlebars.registerHelper('slot', mark);
  const compileOptions = {
    knownHelpers: { ...knownHelpers },
    knownHelpersOnly: true,
    noEscape: options.kind === 'text',
    preventIndent: true,
  };
  const partials = Object.entries(options.partials ?? {});
  const names = partials.map(([name]) => name);
  for (const [name, partial] of partials) {
    const ast = rewriteTheme(handlebars, partial.source, partial.file, names);
    handlebars.registerPartial(name, handlebars.compile(ast, compileOptions));
  }
  const template = handlebars.compile(rewriteTheme(handlebars, source, file, names), compileOptions);
  return (context, t, slots) => run(template, context, { t, slots, language: languageOf(context) }, file);
}

interface Data {
  t: Translate;
  slots: SlotMarkers;
  language: string | undefined;
}

function run(template: Handlebars.TemplateDelegate, context: object, data: Data, file: string): string {
  try {
    return template(context, { data });
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused('template', `${file}: ${(error as Error).message}`, { cause: error });
  }
}

function languageOf(context: object): string | undefined {
  const issue: unknown = (context as { issue?: unknown }).issue;
  const language: unknown = (issue as { language?: unknown } | undefined)?.language;
  return typeof language === 'string' ? language : undefined;
}

function translate(key: unknown, options: Handlebars.HelperOptions): string {
  return (options.data as Data).t(String(key), options.hash);
}

/**
 * `slot kind where source value source value ... source`: the sources are pieces of one tag; the values between them are
 * known now and become literals in the tag.
 */
function mark(...args: unknown[]): string {
  const { data } = args.pop() as { data: Data };
  const [kind, where, ...pieces] = args as [SlotTag['kind'], string, ...unknown[]];
  try {
    const source = pieces.map((piece, index) => (index % 2 ? literal(piece) : String(piece))).join('');
    return data.slots.mark({ kind, source, where });
  } catch (error) {
    if (error instanceof Refused)
      throw new Refused('template', `${where}: ${error.message}`, { cause: error });
    throw error;
  }
}
