/** The policy of the mail in the preview's frame: it may only be displayed. */
import { FRAME_SANDBOX } from '../mail-frame.ts';
import type { Look } from './show-as.ts';

/** No script runs in the mail, so the page may access it: it restores the scroll position after a reload. */
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
