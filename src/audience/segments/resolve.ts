/** Looks up what a segment names (attributes, issues, other segments) and checks its values. */
import type { Db } from '../../db/connection.ts';
import type { Expression, Word } from '../../segment/expression.ts';
import { segmentFault } from '../../segment/faults.ts';
import type { Filter, Segment } from '../../segment/filter.ts';
import { parseSegment } from '../../segment/parse.ts';
import { suggest } from '../../segment/suggest.ts';
import type { Newsletter } from '../newsletters/newsletter.ts';
import { type KnownAttribute, knownAttributes } from './attributes.ts';
import { checkedComparison } from './comparison.ts';
import { segmentNamed, segmentNames } from './store.ts';

type Owner = Pick<Newsletter, 'id' | 'slug' | 'timezone'>;

export interface ResolvedSegment extends Segment {
  /** The attributes in it and how they are read. */
  attributes: readonly KnownAttribute[];
}

/** `text` is the name of a segment of the newsletter, or an expression. Throws Refused('bad-segment'). */
export async function resolveSegment(db: Db, newsletter: Owner, text: string): Promise<ResolvedSegment> {
  const stored = await segmentNamed(db, newsletter.id, text.trim());
  const expression = stored?.expression ?? text.trim();
  const resolving: Resolving = {
    ...{ db, newsletter, text: expression, within: stored ? [stored.name] : [] },
    known: await knownAttributes(db, newsletter.id),
    ...{ used: new Map(), issues: new Set() },
  };
  const filter = await resolve(resolving, await parsed(resolving));
  return {
    name: stored?.name ?? null,
    expression,
    filter,
    timezone: newsletter.timezone,
    issues: [...resolving.issues],
    attributes: [...resolving.used.values()],
  };
}

interface Resolving {
  db: Db;
  newsletter: Owner;
  text: string;
  /** Names of the segments around it. */
  within: readonly string[];
  known: readonly KnownAttribute[];
  used: Map<string, KnownAttribute>;
  issues: Set<number>;
}

/** A single word is meant as a name. */
async function parsed({ db, newsletter, text }: Resolving): Promise<Expression> {
  if (!/^[\p{L}\p{N}_-]+$/u.test(text)) return parseSegment(text);
  const names = await segmentNames(db, newsletter.id);
  const all = { from: 0, to: text.length };
  const hint = `write an expression such as "tag ${text}", or see postrider segment list --newsletter ${newsletter.slug}`;
  const like = names.length === 0 ? '' : `; did you mean ${quoted(suggest(text, names))}?`;
  throw segmentFault(text, all, `${newsletter.slug} has no segment called "${text}"${like}`, hint);
}

const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(' or ');

async function resolve(resolving: Resolving, expression: Expression): Promise<Filter> {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const of: Filter[] = [];
      for (const one of expression.of) of.push(await resolve(resolving, one));
      return { kind: expression.kind, of };
    }
    case 'not':
      return { kind: 'not', of: await resolve(resolving, expression.of) };
    case 'got':
      return { kind: 'got', issue: await issueOf(resolving, expression.issue) };
    case 'segment':
      return other(resolving, expression.name);
    case 'compare': {
      const { filter, used } = checkedComparison(resolving.text, expression, resolving.known);
      if (used) resolving.used.set(used.name, used);
      return filter;
    }
    default:
      return expression satisfies never;
  }
}

async function other(resolving: Resolving, name: Word): Promise<Filter> {
  const { db, newsletter, within, text } = resolving;
  const stored = await segmentNamed(db, newsletter.id, name.text);
  if (!stored) {
    const names = await segmentNames(db, newsletter.id);
    const hint = names.length === 0 ? undefined : `did you mean ${quoted(suggest(name.text, names))}?`;
    throw segmentFault(text, name, `${newsletter.slug} has no segment called "${name.text}"`, hint);
  }
  if (within.includes(stored.name))
    throw segmentFault(text, name, `the segment "${stored.name}" would contain itself`);
  const inner = { ...resolving, text: stored.expression, within: [...within, stored.name] };
  return resolve(inner, parseSegment(stored.expression));
}

/** An issue of the same newsletter that was sent, with or without the newsletter before it. */
async function issueOf({ db, newsletter, text, issues }: Resolving, word: Word): Promise<number> {
  const prefix = `${newsletter.slug}/`;
  const slug = word.text.startsWith(prefix) ? word.text.slice(prefix.length) : word.text;
  const sent = await db
    .selectFrom('issues as i')
    .innerJoin('sends as o', 'o.issue_id', 'i.id')
    .select(['i.id', 'i.slug', 'i.compacting_since'])
    .where('i.newsletter_id', '=', newsletter.id)
    .where('o.sending_since', 'is not', null)
    .orderBy('o.sending_since', 'desc')
    .execute();
  const found = sent.find((issue) => issue.slug === slug);
  if (found && found.compacting_since === null) {
    issues.add(found.id);
    return found.id;
  }
  if (found)
    throw segmentFault(
      text,
      word,
      `the ledger of ${slug} was compacted to counts, so nobody knows who got it`,
    );
  const slugs = sent.filter((issue) => issue.compacting_since === null).map((issue) => issue.slug);
  const hint = slugs.length === 0 ? 'no issue was sent yet' : `did you mean ${quoted(suggest(slug, slugs))}?`;
  throw segmentFault(text, word, `${newsletter.slug} has sent no issue "${slug}"`, hint);
}
