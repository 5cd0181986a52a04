/**
 * Repairs mistyped link addresses that can only mean one thing (`htps://x.org`, `www.x.org`), and reports all bad
 * ones.
 */
import type { Html, Image, Link, Root } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import type { MessageCollector, Place } from '../../document/message-collector.ts';
import { resolveSiteLink, type SiteLinkResolver } from '../../targets/site-links.ts';
import { targetFault } from '../../targets/target.ts';
import { isHarmful, LINK_SCHEMES, schemeOf } from '../../targets/urls.ts';
import { walk } from '../tree/walk.ts';

interface LinkRepair {
  pattern: RegExp;
  url: (match: RegExpExecArray) => string;
  what: string;
}

const LINK_REPAIRS: readonly LinkRepair[] = [
  {
    pattern: /^(?:h?t?tp|hh+ttp|htt+p|http)s:\/*(?=[^/])/i,
    url: () => 'https://',
    what: 'the scheme is misspelt',
  },
  {
    pattern: /^(?:ttp|hh+ttp|htt{2,}p|htp):\/*(?=[^/])/i,
    url: () => 'http://',
    what: 'the scheme is misspelt',
  },
  {
    pattern: /^\(+(https?:\/\/[^()]*)\)+$/i,
    url: ([, url = '']) => url,
    what: 'the address is in brackets',
  },
  {
    pattern: /^[^\s:/：]{1,30}：\s*(?=https?:\/\/)/i,
    url: () => '',
    what: 'there is a label before the address',
  },
  {
    pattern: /^(?=[\w.+-]+@[\w-]+(?:\.[\w-]+)+$)/,
    url: () => 'mailto:',
    what: 'an e-mail address lacks mailto:',
  },
  { pattern: /^(?=www\.[\w-]+\.)/i, url: () => 'https://', what: 'the scheme is missing' },
];

/** `links` resolves addresses that only a site's generator knows. */
export function repairLinks(
  tree: Root,
  source: string,
  messages: MessageCollector,
  links?: SiteLinkResolver,
): void {
  const said: LinkReport = { messages, links };
  walk(tree, (node) => {
    if (node.type === 'link') repairLink(node, source, said);
    else if (node.type === 'image') checkImage(node, said);
    else if (node.type === 'html') checkHtml(node, said);
    else if (node.type === 'containerDirective') checkDirective(node, said);
  });
}

interface LinkReport {
  messages: MessageCollector;
  links: SiteLinkResolver | undefined;
}

function repairLink(link: Link, source: string, said: LinkReport): void {
  const { messages } = said;
  const start = link.position?.start;
  const scheme = schemeOf(link.url);
  if (isNameInAngles(link, source, scheme)) {
    link.children = [{ type: 'text', value: `<${link.url}>`, position: link.position }];
    return;
  }
  const repaired = repairUrl(link.url);
  if (repaired) {
    messages.warning(
      'link-mended',
      `${repaired.what} in ${quoted(link.url)}; taken as ${quoted(repaired.url)}`,
      start,
    );
    link.url = repaired.url;
  }
  if (link.url.trim() === '') messages.warning('link-empty', 'this link leads nowhere', start);
  else link.url = checkTarget(link.url, 'link', start, said);
}

/**
 * Reports an address that nobody could follow. Returns the address to use: a link of the site's generator is
 * resolved.
 */
function checkTarget(
  url: string,
  what: 'link' | 'picture',
  place: Place | undefined,
  { messages, links }: LinkReport,
): string {
  const answer = resolveSiteLink(links, url, what);
  if (answer && 'url' in answer) return answer.url;
  const fault = answer ? { rule: 'link-of-site', why: answer.why } : targetFault(url);
  const scheme = schemeOf(url);
  if (fault) messages.error(fault.rule, `the address ${quoted(url)} ${fault.why}`, place);
  else if (what === 'link' && scheme !== null && !LINK_SCHEMES.includes(scheme))
    messages.warning('link-scheme', `no mail client follows ${quoted(url)}; only its text is kept`, place);
  return url;
}

const ADDRESSES =
  /<(?:a|area)\b(?:"[^"]*"|'[^']*'|[^'">])*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

/** Links written as HTML. */
function checkHtml(html: Html, said: LinkReport): void {
  const { value, position } = html;
  if (!/href/i.test(value)) return;
  html.value = value.replace(ADDRESSES, (...match: string[]) => {
    const [whole = ''] = match;
    const written = match[1] ?? match[2] ?? match[3] ?? '';
    const before = value.slice(0, Number(match[4]));
    const line = (position?.start.line ?? 1) + before.split('\n').length - 1;
    const url = written.replaceAll('&amp;', '&');
    const resolved = checkTarget(url, 'link', position && { line }, said);
    return resolved === url ? whole : whole.replace(written, () => resolved.replaceAll('&', '&amp;'));
  });
}

/** The addresses in a directive's attributes: `:::button{url=…}`. */
function checkDirective({ attributes, position }: ContainerDirective, said: LinkReport): void {
  for (const name of ['url', 'cover', 'image'] as const) {
    const url = attributes?.[name]?.trim();
    if (!url || !attributes) continue;
    const resolved = checkTarget(url, name === 'url' ? 'link' : 'picture', position?.start, said);
    if (resolved !== url) attributes[name] = resolved;
  }
}

/** Markdown reads `<SOFA:RPCLab/>` as an autolink, but it is a name. */
function isNameInAngles(link: Link, source: string, scheme: string | null): boolean {
  const isAutolink = source[link.position?.start.offset ?? -1] === '<';
  return isAutolink && scheme !== null && !LINK_SCHEMES.includes(scheme) && repairUrl(link.url) === null;
}

function repairUrl(url: string): { url: string; what: string } | null {
  if (/^https?:\/\//i.test(url)) return null;
  for (const { pattern, url: replace, what } of LINK_REPAIRS) {
    const match = pattern.exec(url);
    if (match) return { url: replace(match) + url.slice(match[0].length), what };
  }
  return null;
}

function checkImage(image: Image, said: LinkReport): void {
  const { messages } = said;
  const start = image.position?.start;
  if (image.url.trim() === '') messages.warning('image-empty', 'this image has no address', start);
  else if (isHarmful(image.url)) {
    messages.warning(
      'image-scheme',
      `mail clients do not show the image ${quoted(image.url)}; left out`,
      start,
    );
  } else image.url = checkTarget(image.url, 'picture', start, said);
}

function quoted(url: string): string {
  return JSON.stringify(url.length > 80 ? `${url.slice(0, 80)}…` : url);
}
