/**
 * The fast way to fill a template. Most editions use only slots, `default`, and `if` or `unless` on a slot; those are
 * filled straight from the syntax tree, because running Handlebars costs several times as much as its slots. The output is
 * the same. A template that uses anything else is left to Handlebars as a whole.
 */
import Handlebars from 'handlebars';
import { urlPart, webUrl } from './address.ts';
import type { SlotValues } from './fill.ts';

type Read = (values: SlotValues) => unknown;

/** A text, a slot or a condition. Every step has all three fields, so that they share one hidden class in V8. */
export interface Step<Content> {
  content: Content | null;
  read: Read;
  condition: { something: Step<Content>[]; nothing: Step<Content>[] } | null;
}

/** Null if the template needs Handlebars. `contentOf` converts each text between slots. */
export function directSteps<Content>(
  program: hbs.AST.Program,
  contentOf: (text: string) => Content,
): Step<Content>[] | null {
  const steps: Step<Content>[] = [];
  for (const statement of program.body) {
    if (statement.type === 'CommentStatement') continue;
    if (statement.type === 'ContentStatement') {
      const text = (statement as hbs.AST.ContentStatement).value;
      if (text !== '') steps.push({ content: contentOf(text), read: nothing, condition: null });
      continue;
    }
    const step =
      statement.type === 'MustacheStatement'
        ? slotStep<Content>(statement as hbs.AST.MustacheStatement)
        : statement.type === 'BlockStatement'
          ? conditionStep(statement as hbs.AST.BlockStatement, contentOf)
          : null;
    if (!step) return null;
    steps.push(step);
  }
  return steps;
}

/** Like Handlebars' `if`: 0 counts as nothing too. */
export const isNothing = (value: unknown): boolean => !value || (Array.isArray(value) && value.length === 0);

const nothing: Read = () => undefined;

function slotStep<Content>(mustache: hbs.AST.MustacheStatement): Step<Content> | null {
  const read = isCall(mustache) ? callOf(mustache) : pathOf(mustache.path);
  return read && { content: null, read, condition: null };
}

function conditionStep<Content>(
  block: hbs.AST.BlockStatement,
  contentOf: (text: string) => Content,
): Step<Content> | null {
  const name = block.path.original;
  const [about, ...rest] = block.params;
  const plain =
    about && rest.length === 0 && !block.hash?.pairs.length && (name === 'if' || name === 'unless');
  const read = plain ? readOf(about) : null;
  const inner = block.program ? directSteps(block.program, contentOf) : [];
  const inverse = block.inverse ? directSteps(block.inverse, contentOf) : [];
  if (!read || !inner || !inverse) return null;
  const condition =
    name === 'if' ? { something: inner, nothing: inverse } : { something: inverse, nothing: inner };
  return { content: null, read, condition };
}

const isCall = ({ params, hash }: hbs.AST.MustacheStatement): boolean =>
  params.length > 0 || (hash?.pairs.length ?? 0) > 0;

function readOf(expression: hbs.AST.Expression): Read | null {
  switch (expression.type) {
    case 'PathExpression':
      return pathOf(expression);
    case 'StringLiteral': {
      const { value } = expression as hbs.AST.StringLiteral;
      return () => value;
    }
    case 'SubExpression':
      return callOf(expression as hbs.AST.SubExpression);
    default:
      return null;
  }
}

/** `default a b ...` is the first non-empty value, else the last; `urlpart a` and `weburl a b ...` as in address.ts. */
function callOf({ path, params, hash }: hbs.AST.SubExpression | hbs.AST.MustacheStatement): Read | null {
  const given = params.map(readOf);
  const known = given.filter((read) => read !== null);
  const [first] = known;
  if (!first || known.length < given.length || hash?.pairs.length) return null;
  switch ((path as hbs.AST.PathExpression).original) {
    case 'default':
      return firstOf(known);
    case 'urlpart':
      return known.length === 1 ? (values) => urlPart(first(values)) : null;
    case 'weburl':
      return (values) => webUrl(...known.map((read) => read(values)));
    default:
      return null;
  }
}

function firstOf(known: readonly Read[]): Read {
  const last = known.at(-1)!;
  const suits = known.slice(0, -1);
  return (values) => {
    for (const read of suits) {
      const value = read(values);
      if (!Handlebars.Utils.isEmpty(value)) return value;
    }
    return last(values);
  };
}

/** Reads paths such as `reader.name`; inherited properties cannot be read. */
function pathOf(expression: hbs.AST.Expression): Read | null {
  const { type, data, depth, parts } = expression as hbs.AST.PathExpression;
  if (type !== 'PathExpression' || data || depth > 0 || !(parts[0] === 'reader' || parts[0] === 'link'))
    return null;
  const [root, ...names] = parts as [keyof SlotValues, ...string[]];
  return (values) => {
    let value: unknown = values[root];
    for (const name of names) {
      if (value === null || value === undefined) return value;
      value = Object.hasOwn(value as object, name) ? (value as Record<string, unknown>)[name] : undefined;
    }
    return value;
  };
}
