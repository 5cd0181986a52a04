/** Links that lead nowhere, or not where the reader thinks. What the reader of Markdown mends or drops, it says itself. */

import { targetParts, wholeSlot } from '../issue/targets/target.ts';
import { decodedUrl } from '../render/content/url.ts';
import type { Check, Finding, Subject } from './check.ts';
import { type FoundLink, linksAndPicturesOf } from './links-and-pictures.ts';
import { lineOf } from './source-lines.ts';

/** Says what is wrong with a link, or null. `url` is readable: percent-encoded letters are letters again. */
type Fault = (url: string, link: FoundLink, subject: Subject) => string | null;

function linkCheck(about: Omit<Check, 'find'>, fault: Fault): Check {
  return {
    ...about,
    find: (subject): Finding[] => {
      const seen = new Set<string>();
      return linksAndPicturesOf(subject.document).links.flatMap((link): Finding[] => {
        // What differs per reader is judged by how it is written (`issue/targets`).
        if (wholeSlot(targetParts(link.url))) return [];
        const text = fault(decodedUrl(link.url), link, subject);
        const line = text === null ? 0 : lineOf(subject.source, link.url, link.line);
        // A card is made of a title and a cover with the same link: one finding is enough for a line.
        if (text === null || seen.has(`${line} ${text}`)) return [];
        seen.add(`${line} ${text}`);
        return [{ line, text }];
      });
    },
  };
}

/** A long word is no placeholder, and a long search for one takes its time. */
const waits = (url: string): boolean => url === '#' || (url.length <= 80 && WORDS_FOR_LATER.test(url));

const quoted = (url: string): string => JSON.stringify(url.length > 80 ? `${url.slice(0, 80)}…` : url);
const hasScheme = (url: string): boolean => /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(url);
const baseOf = ({ document, newsletter }: Subject): string | null =>
  document.baseUrl ?? newsletter.baseUrl ?? document.canonicalUrl;

/** `github.com/x` is a relative path to a browser. File names end in other ways. */
const BARE_HOST = /^[\w-]+(\.[\w-]+)*\.(com|org|net|io|dev|cn|edu|gov|ai)(:\d+)?([/?#]|$)/i;
const WORDS_FOR_LATER =
  /^(?:https?:\/\/)?[<[{(]*(?:todo|tbd|tba|fixme|x{3,}|placeholder|(?:the[-_ ])?(?:url|link|href)(?:[-_ ](?:here|goes[-_ ]here|todo))?|(?:insert|your|add)[-_ ]?\w*[-_ ]?(?:url|link)\w*|\w+_(?:url|link)(?:_here)?|链接|网址|待补充?|待定)[>\]})]*\/?$/i;

const placeholder = linkCheck(
  { rule: 'link-placeholder', severity: 'error', advice: 'Put the address in, or take the link away.' },
  (url) => (waits(url) ? `the link ${quoted(url)} waits for its address` : null),
);

const example = linkCheck(
  {
    rule: 'link-example',
    severity: 'warning',
    advice: 'Put the real address in: `example.com` and its like belong to nobody.',
  },
  (url) => {
    const host = hostOf(url);
    return host && /(^|\.)(example(\.(com|org|net))?|test|invalid)$/.test(host)
      ? 'this link leads to a name that is kept for examples, such as example.com'
      : null;
  },
);

const relative = linkCheck(
  {
    rule: 'link-relative',
    severity: 'warning',
    advice:
      'Set `newsletter set NAME --base-url https://…`, or write the whole address; else only the words of the link are sent.',
  },
  (url, _link, subject) => {
    if (url === '' || url.startsWith('#') || hasScheme(url) || baseOf(subject) !== null) return null;
    if (BARE_HOST.test(url) || waits(url)) return null;
    return 'this link is relative, and there is no base URL (newsletter set --base-url): only its words are sent';
  },
);

const noScheme = linkCheck(
  { rule: 'link-no-scheme', severity: 'warning', advice: 'Write `https://` before the address.' },
  (url) =>
    BARE_HOST.test(url)
      ? `the link ${quoted(url)} lacks its "https://", so it leads to a place on your own site`
      : null,
);

const anchor = linkCheck(
  {
    rule: 'link-anchor',
    severity: 'warning',
    advice:
      'Take it away, or link to the web page with its `#part`: mail programs do not jump inside a mail.',
  },
  (url) =>
    /^#./.test(url)
      ? 'a link to another part of the mail works in few mail programs: only its words are sent'
      : null,
);

const local = linkCheck(
  {
    rule: 'link-local',
    severity: 'warning',
    advice: 'Put the public address in: yours is the only machine or network that has this one.',
  },
  (url) => {
    const host = hostOf(url);
    return host && LOCAL.test(host)
      ? `the link ${quoted(url)} works on your own machine or network only`
      : null;
  },
);
const LOCAL =
  /^(localhost|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+|\[::1\]|.+\.(local|lan|internal|intranet|localhost))$/;

const swallowed = linkCheck(
  {
    rule: 'link-swallows',
    severity: 'warning',
    advice: 'End the address before the Chinese punctuation, with a blank or `<…>`.',
  },
  (url) => {
    const mark = /^https?:/i.test(url) ? /[，。；：！？、）】》」』”’]/.exec(url) : null;
    if (!mark || isBalanced(url, mark[0])) return null;
    return `the link ${quoted(url)} goes on after "${mark[0]}", which belongs to the sentence`;
  },
);

/** `北京（消歧义）` is a name; a closing bracket alone is the sentence's. */
function isBalanced(url: string, mark: string): boolean {
  const opening = '（【《「『“‘'['）】》」』”’'.indexOf(mark)];
  return opening !== undefined && url.includes(opening) && !/[，。；：！？、]/.test(url);
}

const two = linkCheck({ rule: 'link-two', severity: 'warning', advice: 'Make two links of it.' }, (url) => {
  const second = /^https?:\/\/.+?(https?:\/\/.*)$/i.exec(url)?.[1];
  if (second === undefined || second.length < 12) return null;
  const before = url.at(-second.length - 1)!;
  // Archives and redirectors carry an address in their path or query.
  return /[/=:?&#%@|]/.test(before) ? null : `two addresses run together in the link ${quoted(url)}`;
});

const broken = linkCheck(
  { rule: 'link-broken', severity: 'warning', advice: 'Mend the address: no browser can open it.' },
  (url) => {
    if (!/^https?:/i.test(url) || waits(url)) return null;
    const host = hostOf(url);
    const isHost = host !== null && (host.includes('.') || host.startsWith('[') || LOCAL.test(host));
    return isHost ? null : `the link ${quoted(url)} is no address that a browser can open`;
  },
);

/** Outlook cuts longer ones. */
const MOST = 2_000;
const long = linkCheck(
  {
    rule: 'link-long',
    severity: 'warning',
    advice: 'Shorten the address: Outlook cuts it at about 2,000 characters.',
  },
  (url, link) =>
    /^https?:/i.test(url) && link.url.length > MOST
      ? `the link ${quoted(url)} has ${link.url.length} characters, and Outlook cuts at ${MOST}`
      : null,
);

const misleading = linkCheck(
  {
    rule: 'link-misleads',
    severity: 'warning',
    advice: 'Let the words say the address that the link leads to: filters take anything else for fraud.',
  },
  (url, { text }) => {
    const shown = /^\s*(https?:\/\/[\w.-]+)(?:[/:?#]\S*)?\s*$/i.exec(text)?.[1];
    const [says, leads] = [shown && hostOf(shown), hostOf(url)];
    if (!says || !leads || siteOf(says) === siteOf(leads)) return null;
    return `the words say ${says}, the link leads to ${leads}`;
  },
);

function hostOf(url: string): string | null {
  if (!/^https?:\/\/[^/]/i.test(url) || !URL.canParse(url)) return null;
  return new URL(url).hostname.toLowerCase();
}

const siteOf = (host: string): string => host.split('.').slice(-2).join('.');

export const linkChecks: readonly Check[] = [
  placeholder,
  example,
  relative,
  noScheme,
  anchor,
  local,
  swallowed,
  two,
  broken,
  long,
  misleading,
];
