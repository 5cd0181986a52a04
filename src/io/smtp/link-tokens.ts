/**
 * A relay that dislikes a message may quote it, and with it a link that is its reader's own. Whoever reads the log or the
 * ledger must not be able to use that link, so its token comes out of a reply before the reply goes anywhere.
 */

/** `kid.payload.tag`, as links and `X-Postrider-Id` carry it. */
const TOKEN = /(?<![\w.-])[\w-]{4}\.[\w-]{2,250}\.[\w-]{22}(?![\w-])/g;
/** Behind the paths of such links, also when the relay broke the token in two. */
const PATH = /\/(unsubscribe|confirm|reject|preferences|review)\/[\w.~%=-]+/gi;

const REMOVED = '[removed]';

export const withoutLinkTokens = (text: string): string =>
  text.includes('.') ? text.replace(PATH, `/$1/${REMOVED}`).replace(TOKEN, REMOVED) : text;
