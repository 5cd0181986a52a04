/**
 * One part of a message, composed once with gaps for its slots. The text between the slots of a template is encoded to
 * bytes when the template is compiled. Slots and simple conditions are filled straight from the syntax tree. If a
 * template contains anything more, Handlebars prints it with a short key in place of each text. Either way filling
 * costs no more than the slots do, and the bytes are copied once.
 */
import Handlebars from 'handlebars';
import { Refused } from '../../errors.ts';
import { isolated } from '../content/direction.ts';
import { directSteps, isNothing, type Step } from '../slots/direct-fill.ts';
import { compileTree, parseSlots, type SlotValues } from '../slots/fill.ts';
import type { Pieces } from './mime-bytes.ts';
import { encodePiece } from './mime-qp.ts';

/** Appends the part of one reader to `pieces`. */
type Part = (values: SlotValues, pieces: Pieces) => void;

/**
 * Compiles a slot-only template to its quoted-printable part. Values are escaped as HTML in kind `html`. In both kinds
 * they are encoded and end with a soft line break that readers do not see.
 */
export function compilePart(template: string, kind: 'html' | 'text'): Part {
  const tree = parseSlots(template);
  const encode = encoders[kind];
  const steps = directSteps(tree, bytesOf);
  return steps ? (values, pieces) => walk(steps, encode, values, pieces) : byHandlebars(tree, encode);
}

function walk(steps: readonly Step<Buffer>[], encode: Encode, values: SlotValues, pieces: Pieces): void {
  for (const { content, read, condition } of steps) {
    if (content) pieces.push(content);
    else if (!condition) pieces.push(encode(read(values)));
    else walk(isNothing(read(values)) ? condition.nothing : condition.something, encode, values, pieces);
  }
}

function byHandlebars(tree: hbs.AST.Program, encode: Encode): Part {
  const texts = new Texts();
  const fill = compileTree(withKeys(tree, texts), { noEscape: true, encode });
  return (values, pieces) => texts.cut(fill(values), pieces);
}

const bytesOf = (text: string): Buffer => Buffer.from(encodePiece(text), 'latin1');

type Encode = (value: unknown) => string;

const encoders: Record<'html' | 'text', Encode> = {
  html: (value) => encodePiece(isolated(Handlebars.Utils.escapeExpression(value as string))),
  text: (value) => (value === null || value === undefined ? '' : encodePiece(isolated(String(value)))),
};

/** Keys begin above Latin-1; encoded values are ASCII and never reach it. A key is two characters of 12 bits each. */
const KEY = 0x100;
const KEY_BITS = 12;

/** The encoded texts between the slots, each under its key. */
class Texts {
  readonly #bytes: Buffer[] = [];

  add(text: string): string {
    const number = this.#bytes.push(bytesOf(text)) - 1;
    return String.fromCharCode(KEY + (number >> KEY_BITS), KEY + (number & ((1 << KEY_BITS) - 1)));
  }

  /** Splits what the template printed into texts (by their keys) and values. */
  cut(printed: string, pieces: Pieces): void {
    let start = 0;
    for (let index = 0; index < printed.length; index++) {
      const high = printed.charCodeAt(index) - KEY;
      if (high < 0) continue;
      if (index > start) pieces.push(printed.slice(start, index));
      const low = printed.charCodeAt(++index) - KEY;
      pieces.push(this.#bytes[(high << KEY_BITS) | low]!);
      start = index + 1;
    }
    if (start < printed.length) pieces.push(printed.slice(start));
  }
}

function withKeys(program: hbs.AST.Program, texts: Texts): hbs.AST.Program {
  return { ...program, body: program.body.map((statement) => withKey(statement, texts)) };
}

function withKey(statement: hbs.AST.Statement, texts: Texts): hbs.AST.Statement {
  switch (statement.type) {
    case 'ContentStatement': {
      const content = statement as hbs.AST.ContentStatement;
      return { ...content, value: content.value === '' ? '' : texts.add(content.value) } as hbs.AST.Statement;
    }
    case 'MustacheStatement':
      return encoded(statement as hbs.AST.MustacheStatement);
    case 'BlockStatement': {
      const { program, inverse } = statement as hbs.AST.BlockStatement;
      const inner = {
        program: program && withKeys(program, texts),
        inverse: inverse && withKeys(inverse, texts),
      };
      return { ...statement, ...inner } as hbs.AST.Statement;
    }
    case 'CommentStatement':
      return statement;
    default:
      throw new Refused('template', `an edition may contain only slots, got a ${statement.type}`);
  }
}

/** `{{slot}}` -> `{{{encode slot}}}`. */
function encoded(mustache: hbs.AST.MustacheStatement): hbs.AST.Statement {
  const called = mustache.params.length > 0 || (mustache.hash?.pairs.length ?? 0) > 0;
  const value = called ? { ...mustache, type: 'SubExpression' } : mustache.path;
  const path = {
    type: 'PathExpression',
    data: false,
    depth: 0,
    parts: ['encode'],
    original: 'encode',
    loc: mustache.loc,
  };
  return {
    ...mustache,
    path,
    params: [value],
    hash: undefined,
    escaped: false,
  } as unknown as hbs.AST.Statement;
}
