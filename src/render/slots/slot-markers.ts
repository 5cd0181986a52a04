/**
 * Templates in two phases. Phase one (`theme-template.ts`) resolves everything that all readers share:
 * `issue.* newsletter.* theme.* block.*` and the words of `{{t 'key'}}`. What differs per reader, `reader.*` and
 * `link.*`, becomes a marker, which survives MJML, juice, HTML escaping and URLs unchanged. `restore-slots.ts` then
 * turns each marker back into the Handlebars source of its slot and escapes every other brace: the result is the
 * slot-only template that an edition carries. Phase two (`fill.ts`, `message/message.ts`) fills it for one reader.
 *
 * A fallback is written with the helper `default`: `{{default reader.name "friend"}}`.
 */
import { randomBytes } from 'node:crypto';
import { Refused } from '../../errors.ts';
import { literal, pathSource } from './handlebars-source.ts';
import type { SlotUse } from './label.ts';
import { checkSlotPath, slotParts } from './slot-paths.ts';

/** One Handlebars tag that is filled later, per reader. Blocks have three: `open`, `else`, `close`. */
export interface SlotTag {
  kind: 'print' | 'open' | 'else' | 'close';
  /** The tag's source, e.g. `{{#if reader.name}}`. */
  source: string;
  /** Its `file:line` in the theme, or null for a slot in an issue's Markdown. */
  where: string | null;
}

/**
 * The table of markers of one rendering. A marker is one lower-case word of ASCII letters and digits, so that no
 * escaping, quoting or URL encoding changes it. It has a random part, so that no text can contain one by accident or on
 * purpose.
 */
export class SlotMarkers {
  readonly #nonce = randomBytes(9).toString('hex');
  readonly #pattern = new RegExp(`q${this.#nonce}n(\\d+)q`, 'g');
  readonly #tags: SlotTag[] = [];
  readonly #markers = new Map<string, string>();

  /** The marker for a tag. Equal tags get the same marker. */
  mark(tag: SlotTag): string {
    const key = JSON.stringify([tag.kind, tag.source, tag.where]);
    const known = this.#markers.get(key);
    if (known) return known;
    const marker = `q${this.#nonce}n${this.#tags.length}q`;
    this.#tags.push(tag);
    this.#markers.set(key, marker);
    return marker;
  }

  /** The text with `before` and `after` around each of its markers. */
  wrap(text: string, before: string, after: string): string {
    return text.replace(this.#pattern, (marker) => `${before}${marker}${after}`);
  }

  /** Splits a text at its markers. There is one more text (possibly empty) than there are tags. */
  split(text: string): { texts: string[]; tags: SlotTag[] } {
    const parts = text.split(this.#pattern);
    return {
      texts: parts.filter((_, index) => index % 2 === 0),
      tags: parts.filter((_, index) => index % 2 === 1).map((number) => this.#tags[Number(number)]!),
    };
  }
}

/**
 * The marker for a slot written in an issue's Markdown. @param path e.g. `reader.name`, `reader.attributes.city`,
 * `link.unsubscribe` @param fallback what readers without a value see @param use in a part of an address, values are
 * percent-encoded; as a whole address, each value must itself be an address
 */
export function slotMarker(
  slots: SlotMarkers,
  path: string,
  fallback?: string,
  use: SlotUse = 'words',
): string {
  const parts = slotParts(path);
  const fault = checkSlotPath(parts);
  if (fault) throw new Refused('slot-unknown', fault);
  const source = `{{${expression(pathSource(parts), fallback || undefined, use)}}}`;
  return slots.mark({ kind: 'print', source, where: null });
}

/** Postrider's own links (`link.*`) are addresses already. */
function expression(value: string, fallback: string | undefined, use: SlotUse): string {
  const words = fallback === undefined ? value : `default ${value} ${literal(fallback)}`;
  if (use === 'words' || (use === 'address' && value.startsWith('link.'))) return words;
  if (use === 'address') return `weburl ${value}${fallback === undefined ? '' : ` ${literal(fallback)}`}`;
  return fallback === undefined ? `urlpart ${value}` : `urlpart (${words})`;
}
