/** What the mail in the preview's frame may do: nothing but be seen. */
import { FRAME_SANDBOX } from '../frame.ts';
import type { Look } from './show-as.ts';

/** No script runs in the mail, so the page may look into it: that keeps the place when it is loaded anew. */
export const MAIL_SANDBOX = `${FRAME_SANDBOX} allow-same-origin`;

export const mailPolicy = (look: Look): string =>
  [
    `sandbox ${MAIL_SANDBOX}`,
    "default-src 'none'",
    look === 'images-off' ? "img-src 'none'" : "img-src 'self' http: https: data:",
    "style-src 'unsafe-inline'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
