/** Messages about pictures that could not be stored with an issue. */
import type { Message } from '../document/document.ts';

const MAX_NAMED = 3;

/** One warning for all pictures that keep their links. `why` completes "the picture ...". */
export function linkedPicturesWarning(
  source: string,
  missed: readonly { url: string; why: string }[],
): Message[] {
  const [first] = missed;
  if (!first) return [];
  const line = lineOf(source, first.url);
  return [{ severity: 'warning', line, rule: 'picture-not-taken', text: sentence(source, missed) }];
}

/** An error for each picture that no reader would see. An import refuses them unless it is told not to. */
export function missingPictureErrors(
  source: string,
  gone: readonly { url: string; why: string }[],
): Message[] {
  return gone.map(({ url, why }) => ({
    severity: 'error',
    line: lineOf(source, url),
    rule: 'picture-missing',
    text: `the picture ${url} ${why}; put it there, say where the pictures are (--base FOLDER or URL), or leave it out on purpose (--allow-missing-pictures)`,
  }));
}

function sentence(source: string, missed: readonly { url: string; why: string }[]): string {
  if (missed.length === 1) return `the picture ${missed[0]!.url} ${missed[0]!.why}; it keeps its link`;
  const named = missed.slice(0, MAX_NAMED).map(({ url, why }) => `${url}${placeOf(source, url)} ${why}`);
  const more = missed.length > MAX_NAMED ? [`and ${missed.length - MAX_NAMED} more`] : [];
  return `${missed.length} pictures keep their links: ${[...named, ...more].join('; ')}`;
}

function placeOf(source: string, url: string): string {
  const line = lineOf(source, url);
  return line === null ? '' : ` (line ${line})`;
}

/** The first line that contains the URL, or null if it is written differently (escaped, by a reference). */
function lineOf(source: string, url: string): number | null {
  const at = source.indexOf(url);
  return at < 0 ? null : source.slice(0, at).split(/\r\n?|\n/).length;
}
