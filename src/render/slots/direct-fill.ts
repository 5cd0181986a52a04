/**
 * What most editions are made of: slots, `default`, and `if` or `unless` about a slot. Such a template is filled
 * straight from its syntax tree, since a run of Handlebars costs several times what its slots cost. It prints what
 * Handlebars would print; a template that holds anything else is left to Handlebars as a whole.
 */
import Handlebars from 'handlebars';
import { urlPart, webUrl } from './address.ts';
import type { SlotValues } from './fill.ts';

type Read = (values: SlotValues) => unknown;

/** One of: content, a slot, a choice. All fields are always there, so that filling meets one shape only. */
export interface Step<Content> {
  content: Content | null;
  read: Read;
  choice: { something: Step<Content>[]; nothing: Step<Content>[] } | null;
}

/** Null where the template needs Handlebars. `contentOf`: what is to stand for a text between slots. */
export function directSteps<Content>(
  program: hbs.AST.Program,
  contentOf: (text: string) => Content,
): Step<Content>[] | null {
  const steps: Step<Content>[] = [];
  for (const statement of program.body) {
    if (statement.type === 'CommentStatement') continue;
    if (statement.type === 'ContentStatement') {
      const text = (statement as hbs.AST.ContentStatement).value;
      if (text !== '') steps.push({ content: contentOf(text), read: nothing, choice: null });
      continue;
    }
    const step =
      statement.type === 'MustacheStatement'
        ? slotStep<Content>(statement as hbs.AST.MustacheStatement)
        : statement.type === 'BlockStatement'
          ? choiceStep(statement as hbs.AST.BlockStatement, contentOf)
          : null;
    if (!step) return null;
    steps.push(step);
  }
  return steps;
}

/** As Handlebars' `if` sees it: 0 is nothing too. */
export const isNothing = (value: unknown): boolean => !value || (Array.isArray(value) && value.length === 0);

const nothing: Read = () => undefined;

function slotStep<Content>(mustache: hbs.AST.MustacheStatement): Step<Content> | null {
  const read = isCall(mustache) ? callOf(mustache) : pathOf(mustache.path);
  return read && { content: null, read, choice: null };
}

function choiceStep<Content>(
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
  const choice =
    name === 'if' ? { something: inner, nothing: inverse } : { something: inverse, nothing: inner };
  return { content: null, read, choice };
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

/** `default a b ...`: the first that is something, else the last; `urlpart a`, `weburl a b ...`: see there. */
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

/** `reader.name` and the like. Inherited properties cannot be read. */
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
