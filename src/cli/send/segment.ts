/** The segment of an order: `issue send --segment`. */

import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { resolveSegment } from '../../audience/segments/resolve.ts';
import type { Program } from '../../bootstrap.ts';
import type { Segment } from '../../segment/filter.ts';

type NamedExpression = Pick<Segment, 'name' | 'expression'>;

/** As it is frozen with the send. Throws Refused('bad-segment'). */
export async function readSegment(
  { db }: Program,
  newsletter: Newsletter,
  { segment }: { segment?: string },
): Promise<Segment | null> {
  if (segment === undefined) return null;
  const { attributes: _, ...frozen } = await resolveSegment(db, newsletter, segment);
  return frozen;
}

export const segmentView = (segment: NamedExpression | null | undefined): NamedExpression | null =>
  segment ? { name: segment.name, expression: segment.expression } : null;

export const segmentFacts = (segment: NamedExpression | null | undefined): (readonly [string, string])[] =>
  segment ? [['segment', `${segment.name === null ? '' : `${segment.name}: `}${segment.expression}`]] : [];
