/** Public pages: their language, their layout, and links to the other languages. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { NewsletterView } from '../../render/edition/newsletter-view.ts';
import { renderPage } from '../../render/page.ts';
import { languagesOf, type Translate, wordsFor } from '../../render/theme/words.ts';
import { type Html, html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { basePath } from '../proxy.ts';
import { chosen, pageLanguage } from './language.ts';

/** What the page for one request needs. */
export interface PageContext {
  language: string;
  say: Translate;
  /** A link to one of our pages: below the base path, and in the language that the reader chose. */
  link: (path: string) => string;
  /** The target of the page's form: the same address, in this language. */
  formAction: string;
  send: (reply: FastifyReply, page: PageContent) => FastifyReply;
}

interface PageContent {
  status?: number;
  title: string;
  body: Html;
  /** Search engines may index it. */
  listed?: boolean;
}

export function pageContext(
  parts: WebParts,
  request: FastifyRequest,
  newsletter: NewsletterView | null,
): PageContext {
  const language = pageLanguage(request, parts.emails, newsletter?.language ?? null);
  const keep = chosen(request) === '' ? '' : `?lang=${encodeURIComponent(language)}`;
  const base = basePath(parts.publicUrl);
  return {
    language,
    say: wordsFor(parts.emails, language),
    link: (path) => `${base}${path}${keep}`,
    formAction: `?lang=${encodeURIComponent(language)}`,
    send(reply, { status = 200, title, body, listed = false }) {
      // A link cannot repeat a POST, so the answer to a form has no links to other languages.
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

/** A page with one message: the words `page.<name>.title` and `page.<name>.body`. */
export function sendPlainPage(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  name: string,
): FastifyReply {
  const { say, send, link } = pageContext(parts, request, null);
  const title = say(`page.${name}.title`);
  const asks = name === 'link-data' || name === 'link-away';
  return send(reply, {
    status,
    title,
    body: html`<h1>${title}</h1>
<p>${say(`page.${name}.body`)}</p>
${asks && html`<p><a href="${link('/data')}">${say('page.link-data.ask')}</a></p>\n`}<p><a href="${link('/')}">${say('page.home')}</a></p>`,
  });
}

/** Each language under its own name. */
function otherLanguages(parts: WebParts, language: string): Html {
  const others = languagesOf(parts.emails).filter((other) => other !== language);
  const links = others.map(
    (other) =>
      html`<a href="?lang=${other}" hreflang="${other}" lang="${other}" rel="nofollow">${ownName(other)}</a> `,
  );
  return html`<p class="languages muted">${links}</p>`;
}

export function ownName(language: string): string {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  } catch {
    return language;
  }
}
