/** Phase two: fills a slot-only template for one reader. */
import Handlebars from 'handlebars';
import { Refused } from '../../errors.ts';
import type { Links, Reader } from '../edition/edition.ts';
import { createHandlebars, knownHelpers } from './helpers.ts';

/** The values of slots. A missing value prints nothing, or its fallback. */
export interface SlotValues {
  reader: Partial<Reader>;
  link: Links;
}

/**
 * Compiles `edition.html` (kind `html`: values are escaped), or `edition.text` and `edition.subject` (kind `text`).
 * Inherited properties of values cannot be read, and only known helpers can be called. Messages reach the same result
 * faster (`message/mime-part.ts`).
 */
export function compileFill(template: string, kind: 'html' | 'text'): (values: SlotValues) => string {
  const fill = compileTree(parseSlots(template), { noEscape: kind === 'text' });
  return ({ reader, link }) => fill({ reader: cleanReader(reader), link });
}

/** The syntax tree of a slot-only template. Throws Refused('template'). */
export function parseSlots(template: string): hbs.AST.Program {
  try {
    return Handlebars.parse(template);
  } catch (error) {
    throw new Refused('template', `the edition's template is broken: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Like `compileFill`, for a syntax tree; the caller must clean the values. `encode` is one more helper that the tree may
 * call. The template is run once here, so that a fault shows before anything is sent.
 */
export function compileTree(
  tree: hbs.AST.Program,
  options: { noEscape: boolean; encode?: (value: unknown) => string },
): Handlebars.TemplateDelegate<SlotValues> {
  const handlebars = createHandlebars(namesIn(tree));
  if (options.encode) handlebars.registerHelper('encode', options.encode);
  const known = { knownHelpers: { ...knownHelpers }, knownHelpersOnly: true };
  const template = handlebars.compile<SlotValues>(tree, { ...known, noEscape: options.noEscape });
  try {
    template({ reader: {}, link: {} });
  } catch (error) {
    throw new Refused('template', `the edition's template fails: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return template;
}

/** All names in a template, including helpers. */
function namesIn(tree: hbs.AST.Program): Set<string> {
  const names = new Set<string>();
  const visitor = new Handlebars.Visitor();
  visitor.PathExpression = (path) => names.add(path.original);
  visitor.accept(tree);
  return names;
}

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;

/** The reader with each control character (line ends included) replaced by a space. */
export function cleanReader(reader: Partial<Reader>): Partial<Reader> {
  const { email, name, language, attributes } = reader;
  return {
    email: clean(email),
    name: clean(name),
    language: clean(language),
    attributes: cleanAll(attributes),
  };
}

function clean<T>(value: T): T {
  return typeof value === 'string' && CONTROL.test(value) ? (value.replace(CONTROLS, ' ') as T) : value;
}

function cleanAll(attributes: Reader['attributes'] | undefined): Reader['attributes'] {
  const cleaned = attributes ?? {};
  for (const name in cleaned) {
    if (CONTROL.test(cleaned[name]!))
      return Object.fromEntries(Object.entries(cleaned).map(([k, v]) => [k, clean(v)]));
  }
  return cleaned;
}
