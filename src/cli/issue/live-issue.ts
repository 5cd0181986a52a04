/** An issue's file, rendered again whenever it changes: what the preview page and the screenshots look at. */
import { createHash } from 'node:crypto';
import { findReader } from '../../audience/reader.ts';
import { errorsIn } from '../../checks/check-issue.ts';
import type { Preview, PreviewState, Seen, SeenBy } from '../../http/preview/parts.ts';
import type { Message } from '../../issue/document/document.ts';
import { formatMessage } from '../../issue/document/format.ts';
import { type Shaped, shapePicture } from '../../issue/media/shape.ts';
import type { Medium } from '../../issue/media/store.ts';
import type { Edition } from '../../render/edition/edition.ts';
import { examine } from './examined.ts';
import { readDocument, type Surroundings } from './render-context.ts';
import { sampleMessage } from './sample-message.ts';

export class LiveIssue implements Preview {
  readonly file: string;
  readonly subscriber: Preview['subscriber'];
  #around: Surroundings;
  /** Where `picture` is served, without a trailing slash. */
  readonly #mediaUrl: () => string;
  readonly #shaped = new Map<string, Promise<Shaped>>();
  readonly #watchers = new Set<() => void>();
  #media = new Map<string, Medium>();
  #edition: Edition | null = null;
  #viewUrl: string | null = null;
  /** The page asks several times for one look. */
  #seen: { key: string; seen: Seen } | null = null;
  #state: PreviewState = { version: 0, messages: [], fault: null, tookMs: 0 };
  #last: Promise<void> = Promise.resolve();

  constructor(file: string, around: Surroundings, mediaUrl: () => string) {
    this.file = file;
    const { db } = around;
    this.subscriber = db && ((address) => findReader(db, address));
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
      const places = { publicUrl: this.#around.publicUrl, viewUrl: this.#viewUrl };
      this.#seen = { key, seen: sampleMessage(edition, places, reader) };
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

  /** What cannot be read comes before what that does to rendering. */
  async #read(): Promise<{ messages: readonly Message[]; faults: string[] }> {
    let unreadable: Message[] = [];
    const told = (): string[] => unreadable.map((one) => formatMessage(this.file, one));
    try {
      const { source, document, site } = await readDocument(this.file, this.#around);
      unreadable = errorsIn(document.messages);
      const { edition, media, viewUrl, messages } = await examine(this.file, source, document, this.#around, {
        slug: 'preview',
        site,
        address: ({ hash }) => `${this.#mediaUrl()}/${hash}`,
        shape: (bytes, width) => this.#shape(bytes, width),
      });
      this.#media = media;
      this.#edition = edition;
      this.#viewUrl = viewUrl;
      return { messages, faults: told() };
    } catch (error) {
      return { messages: unreadable, faults: [...told(), (error as Error).message] };
    }
  }

  /** Each picture once: scaling one takes longer than rendering the whole issue. */
  #shape(bytes: Buffer, width: number): Promise<Shaped> {
    const key = `${width} ${createHash('sha256').update(bytes).digest('hex')}`;
    const known = this.#shaped.get(key) ?? shapePicture(bytes, width);
    this.#shaped.set(key, known);
    return known;
  }
}
