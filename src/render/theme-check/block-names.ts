/**
 * The fields that each block passes to its template, as `docs/themes.md` lists them (a test compares the two); `[]` is an
 * item of a list. Any other name prints nothing, so `theme check` reports it with file and line.
 */
import Handlebars from 'handlebars';
import type { EmailFiles } from '../theme/email-files.ts';
import { themeFile } from '../theme/theme-files.ts';

const PICTURES = new Set([
  'image',
  'cover',
  'rows[][].cover',
  'rows[][].avatar',
  'list[].cover',
  'named[].avatar',
]);
const PICTURE = ['src', 'mirrored', 'alt', 'width', 'height', 'fullHeight'];

const NAMES: Readonly<Record<string, string>> = {
  banner: 'title image html words',
  heading: 'html level',
  prose: 'html',
  image: 'image url hero',
  qa: 'questions[].asker questions[].initial questions[].askerUrl questions[].continued questions[].continues questions[].turns[].answer questions[].turns[].continued questions[].turns[].html questions[].source.label questions[].source.url',
  contributors:
    'image rows[][].name rows[][].url rows[][].avatar named[].name named[].url named[].avatar html words',
  reading:
    'rows[][].title rows[][].url rows[][].html rows[][].cover list[].title list[].url list[].html list[].cover',
  releases: 'releases[].name releases[].version releases[].url releases[].html',
  event: 'topic time place url facts html calendar',
  meeting: 'topic time place url facts html calendar',
  tasks: 'groups[].project groups[].level groups[].tasks[]',
  quote: 'html',
  code: 'html',
  table: 'html',
  footnotes: 'html',
  callout: 'tone title html',
  button: 'label url',
  video: 'title url cover',
  sponsor: 'html url',
  qr: 'text image',
  divider: '',
  flow: 'html first parts[].html parts[].first',
};

/** Every name that a kind of block has, e.g. `block.rows[][].title`; null for an unknown kind. */
export function blockNames(kind: string): string[] | null {
  const names = NAMES[kind];
  if (names === undefined) return null;
  return ['kind', ...names.split(' ').filter(Boolean)].map((name) => `block.${name}`);
}

/** One line each: `file:line: there is no block.titel (there are: ...)`. */
export function unknownBlockNames(emails: EmailFiles, theme: string): string[] {
  const files = new Set([...emails.list('blocks'), ...emails.list(`themes/${theme}/blocks`)]);
  return [...files].flatMap((file) => {
    const names = blockNames(file.replace(/\.mjml$/, ''));
    return names ? inFile(emails, themeFile(emails, theme, `blocks/${file}`), names) : [];
  });
}

function inFile(emails: EmailFiles, path: string, names: readonly string[]): string[] {
  const checker = new NameChecker(names);
  try {
    checker.accept(Handlebars.parse(emails.need(path)));
  } catch {
    return []; // Rendering reports what does not parse.
  }
  return checker.faults.map(({ line, text }) => `${emails.name(path)}:${line}: ${text}`);
}

/** Walks a template and resolves the `item` of `as |item|`. */
class NameChecker extends Handlebars.Visitor {
  readonly faults: { line: number; text: string }[] = [];
  readonly #known: ReadonlySet<string>;
  /** Name -> path, or null if that is unknown. */
  #namesInScope: ReadonlyMap<string, string | null> = new Map([['block', 'block']]);

  constructor(names: readonly string[]) {
    super();
    this.#known = withParents(names);
  }

  override BlockStatement(block: hbs.AST.BlockStatement): void {
    for (const param of block.params) this.accept(param);
    const outer = this.#namesInScope;
    this.#namesInScope = new Map([...outer, ...this.#namesInScopeBy(block)]);
    if (block.program) this.accept(block.program);
    this.#namesInScope = outer;
    if (block.inverse) this.accept(block.inverse);
  }

  #namesInScopeBy({ path, params: [value], program }: hbs.AST.BlockStatement): [string, string | null][] {
    const [item, ...others] = program?.blockParams ?? [];
    if (item === undefined) return [];
    const whole = value?.type === 'PathExpression' ? this.#fullPath(value as hbs.AST.PathExpression) : null;
    const each = (path as hbs.AST.PathExpression).original === 'each';
    return [
      [item, whole && each ? `${whole}[]` : whole],
      ...others.map((name) => [name, null] as [string, null]),
    ];
  }

  override PathExpression(path: hbs.AST.PathExpression): void {
    const whole = path.data ? null : this.#fullPath(path);
    if (whole === null || this.#known.has(whole)) return;
    const text = `there is no ${path.parts.join('.')} (there are: ${this.#siblings(whole)})`;
    this.faults.push({ line: path.loc.start.line, text });
  }

  /** `reading.url` -> `block.rows[][].url`; null for anything outside the block. */
  #fullPath({ parts: [root = '', ...rest] }: hbs.AST.PathExpression): string | null {
    const start = this.#namesInScope.get(root);
    return start ? [start, ...rest].join('.') : null;
  }

  #siblings(path: string): string {
    const parent = `${path.slice(0, path.lastIndexOf('.'))}.`;
    const inside = [...this.#known]
      .filter((name) => name.startsWith(parent))
      .map((name) => name.slice(parent.length).split(/[.[]/)[0]!);
    return [...new Set(inside)].sort().join(', ') || 'none';
  }
}

/** The names with the paths that lead to them, and the fields of pictures and lists. */
function withParents(names: readonly string[]): Set<string> {
  const known = new Set<string>();
  for (const name of names) {
    if (PICTURES.has(name.slice('block.'.length))) for (const part of PICTURE) known.add(`${name}.${part}`);
    for (let path = name; path !== ''; path = parentOf(path)) {
      known.add(path);
      if (path.endsWith('[]')) known.add(`${path.slice(0, -2)}.length`);
    }
  }
  return known;
}

/** `a.b[].c` -> `a.b[]` -> `a.b` -> `a` -> ''. */
const parentOf = (path: string): string =>
  path.endsWith('[]') ? path.slice(0, -2) : path.slice(0, Math.max(0, path.lastIndexOf('.')));
