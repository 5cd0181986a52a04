/** Gmail shows the first 102,400 bytes of a mail and hides the rest, with it the way to unsubscribe. */
import type { Message } from '../issue/document.ts';

/** Where Gmail cuts, in bytes of the HTML. */
export const GMAIL_CLIPS_AT = 102_400;
const WARN_AT = 90 * 1024;

/** Remarks on the size of an edition's HTML; slots are filled with some hundred bytes more. */
export function weigh(html: string): Message[] {
  const bytes = Buffer.byteLength(html);
  if (bytes < WARN_AT) return [];
  const size = `the HTML takes ${Math.ceil(bytes / 1024)} KB`;
  const text =
    bytes > GMAIL_CLIPS_AT
      ? `${size}: Gmail cuts it at 100 KB and hides the rest, also the unsubscribe link; shorten the issue`
      : `${size}: Gmail cuts at 100 KB; shorten the issue to stay below`;
  return [{ severity: 'warning', line: null, rule: 'gmail-clip', text }];
}
