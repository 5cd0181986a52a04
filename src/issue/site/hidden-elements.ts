/**
 * Removes HTML elements that no browser shows (`<template>`, `<p hidden>`) with their content, across blocks of
 * Markdown too.
 */

import { HIDING_STYLE } from '../content/browser-only-html.ts';
import { attributeIn } from '../content/html-attribute.ts';
import { VOID_TAGS } from '../content/tags.ts';
import { blankOut } from './blank-out.ts';
import type { Rewrite } from './prose.ts';
import type { SiteText } from './site-text.ts';

const TAG = /<([A-Za-z][\w-]*)((?:\s(?:"[^"]*"|'[^']*'|[^'"<>])*)?)>/y;
/** Elements that are always hidden. A dialog is hidden until it is opened. */
const UNSEEN = new Set(['template', 'noscript', 'noembed', 'noframes', 'datalist']);
/** Elements that end where the next of their kind begins. */
const OPEN_ENDED = new Set('p li dt dd td th tr option'.split(' '));

export class HiddenElements {
  readonly #site: SiteText;
  constructor(site: SiteText) {
    this.#site = site;
  }

  read(at: number): Rewrite | null {
    const { text } = this.#site;
    if (text.startsWith('<!--', at)) return this.#comment(at);
    TAG.lastIndex = at;
    const [whole, name = '', attributes = ''] = TAG.exec(text) ?? [];
    if (whole === undefined) return null;
    const end = at + whole.length;
    // A tag is copied whole, so that nothing is read inside its attributes.
    if (!isHidden(name.toLowerCase(), attributes)) return /\{[{%]/.test(whole) ? null : { end, text: whole };
    const isEmpty = VOID_TAGS.has(name.toLowerCase()) || attributes.endsWith('/');
    return this.#gone(at, isEmpty ? end : this.#endOf(at, end, name));
  }

  /** Within a paragraph, Markdown does not recognize a comment that spans blank lines. Browsers do. */
  #comment(at: number): Rewrite | null {
    const { text, ends } = this.#site;
    const closing = ends.after(at, /-->/);
    if (!closing) return null;
    const end = closing.index + 3;
    const whole = text.slice(at, end);
    const isInLine = /\S/.test(text.slice(text.lastIndexOf('\n', at) + 1, at));
    return { end, text: isInLine && /\n[ \t]*\n/.test(whole) ? blankOut(whole) : whole };
  }

  /** Within a block of HTML an empty line would end the block, so empty comments take its place. */
  #gone(at: number, end: number): Rewrite {
    const { text } = this.#site;
    const lines = blankOut(text.slice(at, end));
    const before = text.slice(Math.max(0, text.lastIndexOf('\n\n', at)), at);
    const isInHtml = /(?:^|\n)[ \t]*<[^\n]*\n[^\n]*$/.test(before);
    return { end, text: isInHtml && lines !== '' ? `<!---->${lines.replaceAll('\n', '\n<!---->')}` : lines };
  }

  #endOf(at: number, from: number, written: string): number {
    const { text, ends } = this.#site;
    const name = written.toLowerCase();
    const limit = OPEN_ENDED.has(name) ? openEnd(text, from, name) : null;
    if (!ends.after(from, new RegExp(`</${name}\\s*>`, 'i')) && limit === null) {
      this.#site.unclosed(at, text.slice(at, from));
      return text.length;
    }
    const pattern = new RegExp(`<(/?)${name}(?=[\\s>/])[^<>]*>`, 'gi');
    pattern.lastIndex = from;
    let depth = 1;
    for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
      if (limit !== null && found.index > limit) return limit;
      depth += found[1] ? -1 : 1;
      if (depth === 0) return found.index + found[0].length;
    }
    return limit ?? text.length;
  }
}

/** The latest end of an element that need not be closed: a blank line, or the next of its kind. */
function openEnd(text: string, from: number, name: string): number {
  const pattern = new RegExp(
    `\\n[ \\t]*\\n|<${name}[\\s>]|</(?:ul|ol|dl|table|tbody|tr|div|section)\\b`,
    'gi',
  );
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

function isHidden(name: string, attributes: string): boolean {
  if (UNSEEN.has(name)) return true;
  const words = ` ${attributes.replace(/"[^"]*"|'[^']*'/g, '""').toLowerCase()} `;
  if (name === 'dialog') return !/\sopen[\s=/]/.test(words);
  if (name === 'input' && /^hidden$/i.test(attributeIn(attributes, 'type') ?? '')) return true;
  return /\shidden[\s=/]/.test(words) || HIDING_STYLE.test(attributeIn(attributes, 'style') ?? '');
}
