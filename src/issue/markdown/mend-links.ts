/** Link targets as they slip from keyboards: mended where only one thing can be meant, reported in any case. */
import type { Html, Image, Link, Root } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import { isHarmful, LINK_SCHEMES, schemeOf } from '../content/urls.ts';
import type { Place, Remarks } from '../messages.ts';
import { targetFault } from '../targets/target.ts';
import { walk } from './walk.ts';

interface Mend {
  pattern: RegExp;
  url: (match: RegExpExecArray) => string;
  what: string;
}

const MENDS: readonly Mend[] = [
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
    what: 'the address stands in brackets',
  },
  {
    pattern: /^[^\s:/：]{1,30}：\s*(?=https?:\/\/)/i,
    url: () => '',
    what: 'a label stands before the address',
  },
  {
    pattern: /^(?=[\w.+-]+@[\w-]+(?:\.[\w-]+)+$)/,
    url: () => 'mailto:',
    what: 'an e-mail address lacks mailto:',
  },
  { pattern: /^(?=www\.[\w-]+\.)/i, url: () => 'https://', what: 'the scheme is missing' },
];

export function mendLinks(tree: Root, source: string, remarks: Remarks): void {
  walk(tree, (node) => {
    if (node.type === 'link') mendLink(node, source, remarks);
    else if (node.type === 'image') checkImage(node, remarks);
    else if (node.type === 'html') checkHtml(node, remarks);
    else if (node.type === 'containerDirective') checkDirective(node, remarks);
  });
}

function mendLink(link: Link, source: string, remarks: Remarks): void {
  const start = link.position?.start;
  const scheme = schemeOf(link.url);
  if (isNameInAngles(link, source, scheme)) {
    link.children = [{ type: 'text', value: `<${link.url}>`, position: link.position }];
    return;
  }
  const mended = mend(link.url);
  if (mended) {
    remarks.warning(
      'link-mended',
      `${mended.what} in ${quoted(link.url)}; taken as ${quoted(mended.url)}`,
      start,
    );
    link.url = mended.url;
  }
  if (link.url.trim() === '') remarks.warning('link-empty', 'this link leads nowhere', start);
  else checkTarget(link.url, 'link', start, remarks);
}

/** Says what nobody could follow. */
function checkTarget(
  url: string,
  what: 'link' | 'picture',
  place: Place | undefined,
  remarks: Remarks,
): void {
  const fault = targetFault(url);
  const scheme = schemeOf(url);
  if (fault) remarks.error(fault.rule, `the address ${quoted(url)} ${fault.why}`, place);
  else if (what === 'link' && scheme !== null && !LINK_SCHEMES.includes(scheme))
    remarks.warning('link-scheme', `no mail client follows ${quoted(url)}; only its text is kept`, place);
}

const ADDRESSES =
  /<(?:a|area)\b(?:"[^"]*"|'[^']*'|[^'">])*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

/** Links written as HTML. */
function checkHtml({ value, position }: Html, remarks: Remarks): void {
  if (!/href/i.test(value)) return;
  for (const match of value.matchAll(ADDRESSES)) {
    const url = (match[1] ?? match[2] ?? match[3] ?? '').replaceAll('&amp;', '&');
    const line = (position?.start.line ?? 1) + value.slice(0, match.index).split('\n').length - 1;
    checkTarget(url, 'link', position && { line }, remarks);
  }
}

/** Buttons, cards and their like: `{url cover image}`. */
function checkDirective({ attributes, position }: ContainerDirective, remarks: Remarks): void {
  for (const name of ['url', 'cover', 'image'] as const) {
    const url = attributes?.[name]?.trim();
    if (url) checkTarget(url, name === 'url' ? 'link' : 'picture', position?.start, remarks);
  }
}

/** `<SOFA:RPCLab/>` is an autolink to Markdown and a name to everybody else. */
function isNameInAngles(link: Link, source: string, scheme: string | null): boolean {
  const isAutolink = source[link.position?.start.offset ?? -1] === '<';
  return isAutolink && scheme !== null && !LINK_SCHEMES.includes(scheme) && mend(link.url) === null;
}

function mend(url: string): { url: string; what: string } | null {
  if (/^https?:\/\//i.test(url)) return null;
  for (const { pattern, url: replace, what } of MENDS) {
    const match = pattern.exec(url);
    if (match) return { url: replace(match) + url.slice(match[0].length), what };
  }
  return null;
}

function checkImage(image: Image, remarks: Remarks): void {
  const start = image.position?.start;
  if (image.url.trim() === '') remarks.warning('image-empty', 'this image has no address', start);
  else if (isHarmful(image.url)) {
    remarks.warning('image-scheme', `mail clients show no image ${quoted(image.url)}; left out`, start);
  } else checkTarget(image.url, 'picture', start, remarks);
}

function quoted(url: string): string {
  return JSON.stringify(url.length > 80 ? `${url.slice(0, 80)}…` : url);
}
