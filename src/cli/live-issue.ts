/** An issue's file, rendered again whenever it changes: what the preview page and the screenshots look at. */
import { createHash } from 'node:crypto';
import type { Preview, PreviewState, Seen, SeenBy } from '../http/preview/parts.ts';
import type { Document } from '../issue/document.ts';
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
    if (!this.#edition) return null;
    const sample = sampleMessage(this.#edition, this.#around.publicUrl, reader);
    return { ...sample, subject: this.#edition.subject };
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
    const version = this.#state.version + 1;
    try {
      const { document } = await readDocument(this.file, this.#around.view);
      const messages = await this.#edit(document, this.#around);
      const errors = messages.filter(({ severity }) => severity === 'error');
      const fault = errors.length > 0 ? errors.map((one) => formatMessage(this.file, one)).join('\n') : null;
      this.#state = { version, messages, fault, tookMs: Math.round(performance.now() - start) };
    } catch (error) {
      this.#state = { ...this.#state, version, fault: (error as Error).message };
    }
    for (const changed of this.#watchers) changed();
  }

  async #edit(document: Document, around: Surroundings): Promise<PreviewState['messages']> {
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
    return [...document.messages, ...messages];
  }

  /** Each picture once: scaling one takes longer than rendering the whole issue. */
  #shape(bytes: Buffer, width: number): Promise<Shaped> {
    const key = `${width} ${createHash('sha256').update(bytes).digest('hex')}`;
    const known = this.#shaped.get(key) ?? shapePicture(bytes, width);
    this.#shaped.set(key, known);
    return known;
  }
}
