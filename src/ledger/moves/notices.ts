/**
 * Who may get a notice `d`, as SQL text, asked before its final dot. A notice that this release does not know is left
 * to a newer one: its message cannot be composed here.
 */
import type { NoticeName } from '../../db/schema.ts';
import { isIneligible, suppressionsOfPerson } from './eligibility.ts';

/** Somebody whom we know, whatever they subscribed to, unless they or an operator said never to write to them. */
const isKnownPerson = `(EXISTS (SELECT 1 FROM subscribers p WHERE p.id = d.subscriber_id)
  AND NOT EXISTS (SELECT 1 FROM ${suppressionsOfPerson} AND x.reason IN ('not-me', 'by-hand')))`;

const isReader = `NOT ${isIneligible}`;

const MAY_GET: Record<NoticeName, string> = {
  'already-reader': isReader,
  'data-link': isKnownPerson,
  'address-old': isKnownPerson,
  'address-new': isKnownPerson,
};

export const mayGetNotice = `CASE d.notice
  ${Object.entries(MAY_GET)
    .map(([name, condition]) => `WHEN '${name}' THEN ${condition}`)
    .join('\n  ')}
  ELSE true END`;
