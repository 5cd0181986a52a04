/**
 * The document: an issue as Postrider understands it, independent of email. Reading (`read.ts`) turns front
 * matter + Markdown into this; `render/` turns this into an edition. Inner content is a sanitised hast tree
 * (https://github.com/syntax-tree/hast): only allow-listed elements and attributes are ever in it.
 *
 * One element is our own: `{ type: 'element', tagName: 'slot', properties: { path: 'reader.name', fallback: 'friend' }, children: [] }`
 * stands for a slot that differs per subscriber.
 * A link whose target is such a slot is an `a` without `href` and with `dataSlot: 'link.unsubscribe'`.
 */
import type { ElementContent } from 'hast';

/** An error or a hint about an issue, with its place. `line` is 1-based in the source file. */
export interface Message {
  severity: 'error' | 'warning' | 'info';
  line: number | null;
  column?: number | null;
  /** A stable word, e.g. `date-impossible`, `image-no-alt`, `slot-unknown`. */
  rule: string;
  text: string;
}

export type Content = ElementContent[];

export interface Image {
  url: string;
  alt: string;
  width?: number;
  height?: number;
}

/** One question of a Q&A section: who asked, the dialogue, and where it came from. */
export interface Question {
  line: number;
  asker: string;
  /** Link of the asker or of the GitHub issue, where there is one. */
  askerUrl?: string;
  /** The dialogue in order: the parts of the question and the answers. */
  turns: { role: 'question' | 'answer'; content: Content }[];
  /** The project line after the last answer: its label and link. */
  source?: { label: string; url: string };
}

export interface Reading {
  line: number;
  title: string;
  url: string;
  cover?: Image;
  note?: Content;
}

/** Blocks in reading order. Every block has its line in the source (1-based). */
export type Block =
  | { kind: 'banner'; line: number; title?: string; image?: Image; content: Content }
  | { kind: 'heading'; line: number; depth: number; text: string; content: Content; pseudo?: boolean }
  | { kind: 'prose'; line: number; content: Content }
  | { kind: 'image'; line: number; image: Image; url?: string }
  | { kind: 'qa'; line: number; questions: Question[] }
  | {
      kind: 'contributors';
      line: number;
      people?: { name: string; url?: string; avatar?: Image }[];
      image?: Image;
      content?: Content;
    }
  | { kind: 'reading'; line: number; readings: Reading[] }
  | {
      kind: 'releases';
      line: number;
      releases: { name: string; version?: string; url?: string; content: Content }[];
    }
  | {
      kind: 'event';
      line: number;
      topic?: string;
      time?: string;
      place?: string;
      url?: string;
      content: Content;
    }
  | {
      kind: 'meeting';
      line: number;
      topic?: string;
      time?: string;
      place?: string;
      url?: string;
      content: Content;
    }
  | { kind: 'tasks'; line: number; groups: { project: string; level?: string; tasks: Content[] }[] }
  | { kind: 'quote'; line: number; content: Content }
  | { kind: 'code'; line: number; code: string; language?: string }
  | { kind: 'table'; line: number; content: Content }
  | { kind: 'footnotes'; line: number; content: Content }
  | { kind: 'callout'; line: number; tone: string; title?: string; content: Content }
  | { kind: 'button'; line: number; label: string; url: string }
  | { kind: 'video'; line: number; title: string; url: string; cover?: Image }
  | { kind: 'sponsor'; line: number; content: Content; url?: string }
  | { kind: 'qr'; line: number; text?: string; image: Image }
  | { kind: 'divider'; line: number };

export type BlockKind = Block['kind'];

export interface Outline {
  headings: string[];
  pseudoHeadings: string[];
  questions: { asker: string; answers: number; source: string | null }[];
  readings: { title: string; url: string; cover: string | null }[];
  contributors: string[] | null;
  contributorImage: boolean;
  images: number;
  links: number;
  bareUrls: number;
  codeBlocks: number;
  tables: number;
}

/**
 * Something that the source states, such as `published: false`, and where. Without a line, the file's folder states it.
 */
export interface SourceStatement {
  line: number | null;
  said: string;
}

export interface PublicationTime extends SourceStatement {
  /** ISO, UTC. */
  at: string;
}

/** What keeps an issue from being published on its site, permanently or for a time. */
export interface Publication {
  /** Stated outright: `draft: true`, `status: hidden`, a folder of drafts. */
  held: SourceStatement[];
  from: PublicationTime | null;
  until: PublicationTime | null;
}

export interface Document {
  title: string;
  /** `YYYY-MM-DD`, or null if the source has no date. */
  date: string | null;
  /** The date as written in the source. */
  datetime: string | null;
  /** BCP 47 primary tag: `zh`, `en`, ... */
  language: string;
  /** `ltr` or `rtl`. */
  direction: 'ltr' | 'rtl';
  summary: string | null;
  preheader: string | null;
  cover: string | null;
  /** The alternative text of the cover, where the front matter has one. */
  coverAlt?: string;
  slug: string | null;
  /** Where the source holds the issue back, or states from and until when it is published. */
  publication?: Publication;
  /** Held back by any of `publication.held`. */
  draft: boolean;
  authors: string[];
  tags: string[];
  canonicalUrl: string | null;
  baseUrl: string | null;
  /** All other front matter. Themes may use it as `issue.extra.*`. */
  extra: Record<string, unknown>;
  blocks: Block[];
  outline: Outline;
  messages: Message[];
}
