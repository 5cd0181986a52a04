/** How a public page is made: its language, its frame, the way to the other languages. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { NewsletterView } from '../../render/edition/newsletter-view.ts';
import { renderPage } from '../../render/page.ts';
import { languagesOf, type Translate, wordsFor } from '../../render/theme/words.ts';
import { type Html, html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { basePath } from '../proxy.ts';
import { chosen, pageLanguage } from './language.ts';

/** One reader at one page. */
export interface Visit {
  language: string;
  say: Translate;
  /** An address of ours, as a path below the base that keeps the language the reader chose. */
  link: (path: string) => string;
  /** Where a form of this page goes: this same address, in this language. */
  here: string;
  send: (reply: FastifyReply, page: Answer) => FastifyReply;
}

interface Answer {
  status?: number;
  title: string;
  body: Html;
  /** Search engines may list it. */
  listed?: boolean;
}

export function visit(parts: WebParts, request: FastifyRequest, newsletter: NewsletterView | null): Visit {
  const language = pageLanguage(request, parts.emails, newsletter?.language ?? null);
  const keep = chosen(request) === '' ? '' : `?lang=${encodeURIComponent(language)}`;
  const base = basePath(parts.publicUrl);
  return {
    language,
    say: wordsFor(parts.emails, language),
    link: (path) => `${base}${path}${keep}`,
    here: `?lang=${encodeURIComponent(language)}`,
    send(reply, { status = 200, title, body, listed = false }) {
      // What a form was answered cannot be had again by following a link.
      const others = request.method === 'POST' ? null : otherLanguages(parts, language);
      const whole = html`${body}${others}`;
      const page = { newsletter, language, emails: parts.emails, title, body: whole.text, listed };
      return reply
        .code(status)
        .type('text/html; charset=utf-8')
        .header('content-language', language)
        .header('vary', 'Accept-Language')
        .send(renderPage(page));
    },
  };
}

/** A page that says one thing: words `page.<name>.title` and `page.<name>.body`. */
export function sendPlainPage(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  name: string,
): FastifyReply {
  const { say, send, link } = visit(parts, request, null);
  const title = say(`page.${name}.title`);
  return send(reply, {
    status,
    title,
    body: html`<h1>${title}</h1>
<p>${say(`page.${name}.body`)}</p>
<p><a href="${link('/')}">${say('page.home')}</a></p>`,
  });
}

/** Each language by its own name. */
function otherLanguages(parts: WebParts, language: string): Html {
  const others = languagesOf(parts.emails).filter((other) => other !== language);
  const links = others.map(
    (other) =>
      html`<a href="?lang=${other}" hreflang="${other}" lang="${other}" rel="nofollow">${ownName(other)}</a> `,
  );
  return html`<p class="languages muted">${links}</p>`;
}

function ownName(language: string): string {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  } catch {
    return language;
  }
}
