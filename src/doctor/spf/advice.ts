/** SPF records to publish: a first one, one that was mended, one out of several. */
import { isIP } from 'node:net';
import { parseSpf, type SpfRecord } from './term.ts';

export const addressTerm = (address: string): string => `ip${isIP(address)}:${address}`;

export const newSpf = (terms: readonly string[]): string => ['v=spf1', ...terms, '~all'].join(' ');

/** The same record that also permits these terms: before `all`, since nothing after it is read. */
export function withTerms({ text }: Pick<SpfRecord, 'text'>, terms: readonly string[]): string {
  if (terms.length === 0) return text;
  const added = terms.join(' ');
  const at = text.search(/ (?:[-+~?]?all|redirect=\S+)(?: |$)/i);
  return at < 0 ? `${text.trim()} ${added} ~all` : `${text.slice(0, at)} ${added}${text.slice(at)}`;
}

/** Everything that any of them permits. */
export function mergedSpf(texts: readonly string[]): string {
  const terms = texts.flatMap((text) => parseSpf(text).terms);
  const permitted = terms.filter(({ mechanism }) => mechanism !== 'all').map(({ text }) => text);
  return newSpf([...new Set(permitted)]);
}

/** The same record, which ends in `~all`. */
export const withSoftAll = (text: string): string =>
  `${text.replace(/ [-+~?]?all(?= |$)/gi, '').trim()} ~all`;
