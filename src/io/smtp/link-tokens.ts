/**
 * A relay that rejects a message may quote it, including a link that belongs to one reader. Anybody who reads the log
 * or the ledger must not be able to use that link, so its token is removed as soon as the reply has been read.
 */

/** `kid.payload.tag`, as links and `X-Postrider-Id` carry it. */
const TOKEN = /(?<![\w.-])[\w-]{4}\.[\w-]{2,250}\.[\w-]{22}(?![\w-])/g;
/** Matches what follows the paths of such links, even when the relay broke the token in two. */
const PATH = /\/(unsubscribe|confirm|reject|preferences|data|address|review)\/[\w.~%=-]+/gi;

/** The token of a return path, or of the address that unsubscribes. */
const ADDRESS = /\b(bounce|unsubscribe)\+[a-z2-7]{20,}/gi;

const REMOVED = '[removed]';

export const withoutLinkTokens = (text: string): string =>
  text.includes('.')
    ? text.replace(PATH, `/$1/${REMOVED}`).replace(TOKEN, REMOVED).replace(ADDRESS, `$1+${REMOVED}`)
    : text;
