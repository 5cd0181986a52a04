/** The language of a page: the reader's choice, else what the browser asks for, else the newsletter's. */
import type { FastifyRequest } from 'fastify';
import type { EmailFiles } from '../../render/theme/email-files.ts';
import { languagesOf } from '../../render/theme/words.ts';

/** The longest `Accept-Language` that is read; no browser sends a longer one. */
const MAX_HEADER_CHARACTERS = 500;

export function pageLanguage(request: FastifyRequest, emails: EmailFiles, newsletter: string | null): string {
  const spoken = languagesOf(emails);
  const wanted = [chosen(request), ...accepted(request.headers['accept-language'] ?? ''), newsletter ?? ''];
  for (const tag of wanted) {
    const found = closest(tag, spoken);
    if (found) return found;
  }
  return 'en';
}

/** The language in `?lang=zh`, or an empty string; an address that cannot be decoded has no query. */
export function chosen(request: FastifyRequest): string {
  const given = (request.query as { lang?: unknown } | null)?.lang;
  return typeof given === 'string' ? given : '';
}

/** The tags of an `Accept-Language`, most preferred first (RFC 9110 12.5.4). */
function accepted(header: string): string[] {
  return header
    .slice(0, MAX_HEADER_CHARACTERS)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2) ?? '1';
      return { tag, quality: Number(quality) || 0 };
    })
    .filter(({ tag, quality }) => tag !== '' && tag !== '*' && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

/** `zh-Hant-TW` falls back to `zh` when there is nothing closer. */
function closest(tag: string, spoken: readonly string[]): string | undefined {
  for (let rest = tag.toLowerCase(); rest !== ''; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('-')))) {
    const found = spoken.find((language) => language.toLowerCase() === rest);
    if (found) return found;
  }
  return undefined;
}
