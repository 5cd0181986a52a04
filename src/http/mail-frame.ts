/**
 * A mail's own HTML, served for a sandboxed frame. Three things protect the reader: the frame's sandbox, the same sandbox
 * as a header (for whoever opens the address directly), and a policy that loads only pictures and styles. Nothing is
 * removed from the HTML, so what is shown is what was sent.
 */

/** Links open in tabs without the sandbox: an unsubscribe page needs its form. */
export const FRAME_SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';

export const FRAME_POLICY = [
  `sandbox ${FRAME_SANDBOX}`,
  "default-src 'none'",
  'img-src http: https: data:',
  'font-src http: https: data:',
  "style-src 'unsafe-inline' http: https:",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

const TARGET = '<base target="_blank">';

/** The mail's HTML with all links opening in a new tab. */
export function prepareForFrame(mailHtml: string): string {
  const opening = /<head\b[^>]*>/i.exec(mailHtml) ?? /^\s*<!doctype[^>]*>/i.exec(mailHtml);
  const at = opening ? opening.index + opening[0].length : 0;
  return mailHtml.slice(0, at) + TARGET + mailHtml.slice(at);
}
