/** Links that lead nowhere, or not where the reader expects. Reading the Markdown reports what it repairs or drops. */
import { targetParts, wholeSlot } from '../issue/targets/target.ts';
import { decodedUrl } from '../render/content/url.ts';
import type { Check, CheckedIssue, Finding } from './check.ts';
import { type FoundLink, linksAndPicturesOf } from './links-and-pictures.ts';
import { lineOf } from './source-lines.ts';

/** Says what is wrong with a link, or null. `url` is decoded (`decodedUrl`). */
type Fault = (url: string, link: FoundLink, issue: CheckedIssue) => string | null;

function linkCheck(about: Omit<Check, 'find'>, fault: Fault): Check {
  return {
    ...about,
    find: (issue): Finding[] => {
      const seen = new Set<string>();
      return linksAndPicturesOf(issue.document).links.flatMap((link): Finding[] => {
        // An address that is a slot is checked where it is read (`issue/targets`).
        if (wholeSlot(targetParts(link.url))) return [];
        const text = fault(decodedUrl(link.url), link, issue);
        const line = text === null ? 0 : lineOf(issue.source, link.url, link.line);
        // The title and the cover of a card share a link: one finding for the line is enough.
        if (text === null || seen.has(`${line} ${text}`)) return [];
        seen.add(`${line} ${text}`);
        return [{ line, text }];
      });
    },
  };
}

/** Long addresses are skipped: they are no placeholders, and matching them takes long. */
const isPlaceholder = (url: string): boolean => url === '#' || (url.length <= 80 && PLACEHOLDER.test(url));

const quoted = (url: string): string => JSON.stringify(url.length > 80 ? `${url.slice(0, 80)}…` : url);
const hasScheme = (url: string): boolean => /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(url);
const baseOf = ({ document, newsletter }: CheckedIssue): string | null =>
  document.baseUrl ?? newsletter.baseUrl ?? document.canonicalUrl;

/** `github.com/x` is a relative path to a browser. File names end in other ways. */
const BARE_HOST = /^[\w-]+(\.[\w-]+)*\.(com|org|net|io|dev|cn|edu|gov|ai)(:\d+)?([/?#]|$)/i;
const PLACEHOLDER =
  /^(?:https?:\/\/)?[<[{(]*(?:todo|tbd|tba|fixme|x{3,}|placeholder|(?:the[-_ ])?(?:url|link|href)(?:[-_ ](?:here|goes[-_ ]here|todo))?|(?:insert|your|add)[-_ ]?\w*[-_ ]?(?:url|link)\w*|\w+_(?:url|link)(?:_here)?|链接|网址|待补充?|待定)[>\]})]*\/?$/i;

const placeholder = linkCheck(
  { rule: 'link-placeholder', severity: 'error', advice: 'Fill in the address, or remove the link.' },
  (url) => (isPlaceholder(url) ? `the link ${quoted(url)} is a placeholder` : null),
);

const example = linkCheck(
  {
    rule: 'link-example',
    severity: 'warning',
    advice: 'Fill in the real address: `example.com` and the like belong to nobody.',
  },
  (url) => {
    const host = hostOf(url);
    return host && /(^|\.)(example(\.(com|org|net))?|test|invalid)$/.test(host)
      ? 'this link leads to a domain that is reserved for examples, such as example.com'
      : null;
  },
);

const relative = linkCheck(
  {
    rule: 'link-relative',
    severity: 'warning',
    advice:
      'Run `newsletter set NAME --base-url https://…`, or write the whole address; otherwise the words are sent without the link.',
  },
  (url, _link, issue) => {
    if (url === '' || url.startsWith('#') || hasScheme(url) || baseOf(issue) !== null) return null;
    if (BARE_HOST.test(url) || isPlaceholder(url)) return null;
    return 'this link is relative and there is no base URL (newsletter set --base-url): its words are sent without the link';
  },
);

const noScheme = linkCheck(
  { rule: 'link-no-scheme', severity: 'warning', advice: 'Write `https://` before the address.' },
  (url) =>
    BARE_HOST.test(url)
      ? `the link ${quoted(url)} lacks "https://", so it leads to a page of your own site`
      : null,
);

const anchor = linkCheck(
  {
    rule: 'link-anchor',
    severity: 'warning',
    advice: 'Remove it, or link to the web page with its `#part`: mail programs do not jump within a mail.',
  },
  (url) =>
    /^#./.test(url)
      ? 'links within a mail work in few mail programs: the words are sent without the link'
      : null,
);

const local = linkCheck(
  {
    rule: 'link-local',
    severity: 'warning',
    advice: 'Use the public address: this one works only on your own machine or network.',
  },
  (url) => {
    const host = hostOf(url);
    return host && LOCAL.test(host)
      ? `the link ${quoted(url)} works only on your own machine or network`
      : null;
  },
);
const LOCAL =
  /^(localhost|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+|\[::1\]|.+\.(local|lan|internal|intranet|localhost))$/;

const trailingPunctuation = linkCheck(
  {
    rule: 'link-swallows',
    severity: 'warning',
    advice: 'End the address before the Chinese punctuation with a space, or put it in `<…>`.',
  },
  (url) => {
    const mark = /^https?:/i.test(url) ? /[，。；：！？、）】》」』”’]/.exec(url) : null;
    if (!mark || isBalanced(url, mark[0])) return null;
    return `the link ${quoted(url)} includes "${mark[0]}", which belongs to the sentence`;
  },
);

/** `北京（消歧义）` is a name; a closing bracket alone belongs to the sentence. */
function isBalanced(url: string, mark: string): boolean {
  const opening = '（【《「『“‘'['）】》」』”’'.indexOf(mark)];
  return opening !== undefined && url.includes(opening) && !/[，。；：！？、]/.test(url);
}

const two = linkCheck({ rule: 'link-two', severity: 'warning', advice: 'Write two links.' }, (url) => {
  const second = /^https?:\/\/.+?(https?:\/\/.*)$/i.exec(url)?.[1];
  if (second === undefined || second.length < 12) return null;
  const before = url.at(-second.length - 1)!;
  // Archives and redirectors have an address in their path or query.
  return /[/=:?&#%@|]/.test(before) ? null : `the link ${quoted(url)} is two addresses run together`;
});

const broken = linkCheck(
  { rule: 'link-broken', severity: 'warning', advice: 'Correct the address: no browser can open it.' },
  (url) => {
    if (!/^https?:/i.test(url) || isPlaceholder(url)) return null;
    const host = hostOf(url);
    const isHost = host !== null && (host.includes('.') || host.startsWith('[') || LOCAL.test(host));
    return isHost ? null : `no browser can open the link ${quoted(url)}`;
  },
);

/** Outlook cuts longer addresses. */
const MAX_URL_CHARACTERS = 2_000;
const long = linkCheck(
  {
    rule: 'link-long',
    severity: 'warning',
    advice: 'Shorten the address: Outlook cuts it at about 2,000 characters.',
  },
  (url, link) =>
    /^https?:/i.test(url) && link.url.length > MAX_URL_CHARACTERS
      ? `the link ${quoted(url)} has ${link.url.length} characters, but Outlook cuts addresses at ${MAX_URL_CHARACTERS}`
      : null,
);

const misleading = linkCheck(
  {
    rule: 'link-misleads',
    severity: 'warning',
    advice:
      'Make the words match the address that the link leads to: spam filters take anything else for fraud.',
  },
  (url, { text }) => {
    const visibleAddress = /^\s*(https?:\/\/[\w.-]+)(?:[/:?#]\S*)?\s*$/i.exec(text)?.[1];
    const [visibleHost, actualHost] = [visibleAddress && hostOf(visibleAddress), hostOf(url)];
    if (!visibleHost || !actualHost || siteOf(visibleHost) === siteOf(actualHost)) return null;
    return `the words say ${visibleHost}, but the link leads to ${actualHost}`;
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
  trailingPunctuation,
  two,
  broken,
  long,
  misleading,
];
