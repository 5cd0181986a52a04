/** An issue's file, rendered again whenever it changes: what the preview page and the screenshots look at. */
import { createHash } from 'node:crypto';
import type { Preview, PreviewState, Seen, SeenBy } from '../http/preview/parts.ts';
import type { Document, Message } from '../issue/document.ts';
import { formatMessage } from '../issue/format.ts';
import { type Medium, sizeOf } from '../issue/media/keep.ts';
import { type Shaped, shapePicture } from '../issue/media/shape.ts';
import type { Edition } from '../render/edition.ts';
import { renderIssue } from '../render/issue.ts';
import { anyNewsletter, contextOf, readDocument, type Surroundings } from './issue-around.ts';
import { mediaBeside } from './issue-files.ts';
import { pictureWidth } from './issue-pictures.ts';
import { sampleMessage } from './sample-message.ts';

export class LiveIssue implements Preview {
  readonly file: string;
  #around: Surroundings;
  /** Where `picture` is served, without a trailing slash. */
  readonly #mediaUrl: () => string;
  readonly #shaped = new Map<string, Promise<Shaped>>();
  readonly #watchers = new Set<() => void>();
  #media = new Map<string, Medium>();
  #edition: Edition | null = null;
  /** The page asks several times for one look. */
  #seen: { key: string; seen: Seen } | null = null;
  #state: PreviewState = { version: 0, messages: [], fault: null, tookMs: 0 };
  #last: Promise<void> = Promise.resolve();

  constructor(file: string, around: Surroundings, mediaUrl: () => string) {
    this.file = file;
    this.#around = around;
    this.#mediaUrl = mediaUrl;
  }

  /**
   * One after the other. Never rejects: a fault is part of the state, and the last good edition stays. `around` is
   * given where the theme changed too.
   */
  refresh(around: Surroundings = this.#around): Promise<void> {
    this.#around = around;
    this.#last = this.#last.then(() => this.#render());
    return this.#last;
  }

  state(): PreviewState {
    return this.#state;
  }

  seenBy(reader: SeenBy): Seen | null {
    const edition = this.#edition;
    if (!edition) return null;
    const key = `${edition.hash} ${JSON.stringify(reader)}`;
    if (this.#seen?.key !== key) {
      const sample = sampleMessage(edition, this.#around.publicUrl, reader);
      this.#seen = { key, seen: { ...sample, subject: edition.subject } };
    }
    return this.#seen.seen;
  }

  picture(hash: string): { type: string; bytes: Buffer } | null {
    for (const medium of this.#media.values())
      if (medium.hash === hash && medium.bytes) return { type: medium.type, bytes: medium.bytes };
    return null;
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  async #render(): Promise<void> {
    const start = performance.now();
    const { messages, faults } = await this.#read();
    this.#state = {
      version: this.#state.version + 1,
      messages,
      fault: faults.length > 0 ? faults.join('\n') : null,
      tookMs: Math.round(performance.now() - start),
    };
    for (const changed of this.#watchers) changed();
  }

  /** What is wrong with the text comes before what that does to rendering. */
  async #read(): Promise<{ messages: Message[]; faults: string[] }> {
    let messages: Message[] = [];
    const grave = (): string[] =>
      messages.filter(({ severity }) => severity === 'error').map((one) => formatMessage(this.file, one));
    try {
      const { document } = await readDocument(this.file, this.#around.view);
      messages = document.messages;
      messages = [...messages, ...(await this.#edit(document, this.#around))];
      return { messages, faults: grave() };
    } catch (error) {
      return { messages, faults: [...grave(), (error as Error).message] };
    }
  }

  async #edit(document: Document, around: Surroundings): Promise<Message[]> {
    const width = pictureWidth(around.emails, around.view ?? anyNewsletter(document.language));
    const { media } = await mediaBeside(this.file, document, width, (bytes) => this.#shape(bytes, width));
    const image = (url: string) => {
      const medium = media.get(url);
      return medium ? `${this.#mediaUrl()}/${medium.hash}` : null;
    };
    const context = contextOf(document, 'preview', around, {
      image,
      sizeOf: (url) => sizeOf(media.get(url)),
    });
    const { edition, messages } = await renderIssue(document, context);
    this.#media = media;
    this.#edition = edition;
    return messages;
  }

  /** Each picture once: scaling one takes longer than rendering the whole issue. */
  #shape(bytes: Buffer, width: number): Promise<Shaped> {
    const key = `${width} ${createHash('sha256').update(bytes).digest('hex')}`;
    const known = this.#shaped.get(key) ?? shapePicture(bytes, width);
    this.#shaped.set(key, known);
    return known;
  }
}
