/** The state in which the text of one issue is written: its settings, and the long addresses it still has to list. */
import { decodedUrl, linkAddress, pictureAddress } from '../content/url.ts';
import type { PrintSlot } from '../slots/label.ts';
import { displayWidth } from './wrap.ts';

export interface TextWriter {
  baseUrl: string | null;
  slot: PrintSlot;
  /** Addresses that are still to be listed below what is being written. */
  linkNotes: { number: number; url: string }[];
  /** The last number given to an address; numbers run through the whole text. */
  lastNumber: number;
  /** Numbers in brackets that the issue itself uses: its footnotes, and references written by hand. */
  takenNumbers: ReadonlySet<number>;
  /** The name of a picture without a useful alt text. */
  picture: string;
  /** `label: value`, with the colon of the language. */
  pair(label: string, value: string): string;
  /** The address that a picture is served from instead, as in `ContentSettings`. */
  image?: (url: string) => string | null;
}

/** The longest address that is printed beside its label, in columns; a longer one becomes a numbered note. */
const MAX_INLINE_COLUMNS = 60;

/** A label with its address: a short one beside it, a long one as a numbered note. */
export function link(writer: TextWriter, label: string, href: string): string {
  const url = linkAddress(writer, href);
  if (url === null) return label;
  if (label === '' || sameAddress(label, url)) return url.replace(/^mailto:/, '');
  return withAddress(writer, label, url);
}

function withAddress(writer: TextWriter, label: string, url: string): string {
  if (displayWidth(label) + url.length <= MAX_INLINE_COLUMNS) return `${label} <${url}>`;
  return `${label} [${numberOf(writer, url)}]`;
}

/** A number means one address in the whole mail, whatever the author numbered by hand or by footnotes. */
function numberOf(writer: TextWriter, url: string): number {
  const known = writer.linkNotes.find((note) => note.url === url);
  if (known) return known.number;
  do writer.lastNumber += 1;
  while (writer.takenNumbers.has(writer.lastNumber));
  writer.linkNotes.push({ number: writer.lastNumber, url });
  return writer.lastNumber;
}

/** The notes for what was written since the last call, as lines. */
export function takeLinkNotes(writer: TextWriter): string[] {
  const lines = writer.linkNotes.map(({ number, url }) => `[${number}] ${url}`);
  writer.linkNotes = [];
  return lines;
}

const sameAddress = (label: string, url: string): boolean =>
  bare(label) === bare(url) || bare(label) === bare(decodedUrl(url));

const bare = (address: string): string => address.replace(/^(https?:\/\/|mailto:)/i, '').replace(/\/$/, '');

/** `[picture]` with its address; '' if it has none. */
export function pictureLink(writer: TextWriter, src: string): string {
  const address = pictureAddress(writer, src);
  return address === null || address.startsWith('data:')
    ? ''
    : withAddress(writer, `[${writer.picture}]`, address);
}
