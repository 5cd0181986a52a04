/** Parses a raw mail for the inbox. A mail whose body cannot be parsed still has headers and a source. */
import { type ParsedMail, simpleParser } from 'mailparser';
import { displayText, type Header, headerValue, parseHeaders } from '../../io/inbox/mail-headers.ts';

export interface MailView {
  subject: string;
  /** Raw address headers; empty where missing. */
  from: string;
  to: string;
  headers: Header[];
  html: string | null;
  text: string | null;
  attachments: { name: string; size: number }[];
  /** RFC 2369, and whether one-click unsubscribe (RFC 8058) is offered. */
  unsubscribe: { url: string; oneClick: boolean } | null;
  /** Why the body could not be read. */
  fault: string | null;
}

export async function readMail(source: Buffer): Promise<MailView> {
  const headers = parseHeaders(source);
  return {
    subject: displayText(headerValue(headers, 'subject')),
    from: headerValue(headers, 'from'),
    to: headerValue(headers, 'to'),
    headers: headers.map(({ name, value }) => ({ name, value: displayText(value) })),
    unsubscribe: unsubscribeOf(headers),
    ...(await readBody(source)),
  };
}

type Body = Pick<MailView, 'html' | 'text' | 'attachments' | 'fault'>;

async function readBody(source: Buffer): Promise<Body> {
  try {
    return bodyOf(
      await simpleParser(source, { skipHtmlToText: true, skipTextToHtml: true, checksumAlgo: false }),
    );
  } catch (cause) {
    const fault = `The mail's body could not be read: ${(cause as Error).message}. Its source shows what was sent.`;
    return { html: null, text: null, attachments: [], fault };
  }
}

function bodyOf(mail: ParsedMail): Body {
  const attachments = mail.attachments
    .filter((attachment) => !attachment.related)
    .map(({ filename, contentType, size }) => ({ name: filename ?? contentType, size }));
  return { html: mail.html || null, text: mail.text || null, attachments, fault: null };
}

/** The web address in List-Unsubscribe; a `mailto:` is useless in a rehearsal. */
function unsubscribeOf(headers: readonly Header[]): MailView['unsubscribe'] {
  const url = /<\s*(https?:\/\/[^<>\s]+)\s*>/i.exec(headerValue(headers, 'list-unsubscribe'))?.[1];
  if (!url) return null;
  return { url, oneClick: /one-click/i.test(headerValue(headers, 'list-unsubscribe-post')) };
}
