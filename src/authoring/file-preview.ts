/** An issue's file, rendered again whenever it changes: what the preview page and the screenshots show. */
import { createHash } from 'node:crypto';
import { findReader } from '../audience/reader.ts';
import { errorsIn } from '../checks/check-issue.ts';
import type { Message } from '../issue/document/document.ts';
import { formatMessage } from '../issue/document/format.ts';
import { type PreparedPicture, preparePicture } from '../issue/media/prepare-picture.ts';
import type { Medium } from '../issue/media/store.ts';
import type { Edition, Reader } from '../render/edition/edition.ts';
import type { AuthoringContext } from './render/context.ts';
import { readFile } from './render/read.ts';
import { renderAndCheck } from './render/render.ts';
import { type SampleMessage, sampleMessage } from './render/sample-message.ts';
import type { SourceFile } from './source/source-file.ts';

export interface FilePreviewState {
  /** Counts renderings. */
  version: number;
  messages: readonly Message[];
  /** Why the newest text could not be rendered; the preview then shows an older one. */
  fault: string | null;
  tookMs: number;
}

export interface FilePreviewOptions {
  /** As the author named it. */
  file: string;
  /** Reads the file as it is now. */
  read: () => Promise<SourceFile>;
  context: AuthoringContext;
  /** Where `picture` is served, without a trailing slash. */
  mediaUrl: () => string;
}

export class FilePreview {
  readonly file: string;
  /** Finds a subscriber by address. Null if no newsletter is named. */
  readonly subscriber: ((address: string) => Promise<Reader | null>) | null;
  readonly #read: () => Promise<SourceFile>;
  readonly #mediaUrl: () => string;
  readonly #shaped = new Map<string, Promise<PreparedPicture>>();
  readonly #watchers = new Set<() => void>();
  #context: AuthoringContext;
  #media = new Map<string, Medium>();
  #edition: Edition | null = null;
  #viewUrl: string | null = null;
  /** The page asks for the same message several times. */
  #lastSeen: { key: string; seen: SampleMessage } | null = null;
  #state: FilePreviewState = { version: 0, messages: [], fault: null, tookMs: 0 };
  #rendering: Promise<void> = Promise.resolve();

  constructor({ file, read, context, mediaUrl }: FilePreviewOptions) {
    this.file = file;
    const { db } = context;
    this.subscriber = db && ((address) => findReader(db, address));
    this.#read = read;
    this.#context = context;
    this.#mediaUrl = mediaUrl;
  }

  /**
   * Renderings run one after the other. Never rejects: a fault is part of the state, and the last good edition stays.
   * `context` is given when the theme changed too.
   */
  refresh(context: AuthoringContext = this.#context): Promise<void> {
    this.#context = context;
    this.#rendering = this.#rendering.then(() => this.#render());
    return this.#rendering;
  }

  state(): FilePreviewState {
    return this.#state;
  }

  /** The message as a reader gets it; null before the first rendering that succeeded. */
  viewFor(reader: Partial<Reader>): SampleMessage | null {
    const edition = this.#edition;
    if (!edition) return null;
    const key = `${edition.hash} ${JSON.stringify(reader)}`;
    if (this.#lastSeen?.key !== key) {
      const urls = { publicUrl: this.#context.publicUrl, viewUrl: this.#viewUrl };
      this.#lastSeen = { key, seen: sampleMessage(edition, urls, reader) };
    }
    return this.#lastSeen.seen;
  }

  picture(hash: string): { type: string; bytes: Buffer } | null {
    for (const medium of this.#media.values())
      if (medium.hash === hash && medium.bytes) return { type: medium.type, bytes: medium.bytes };
    return null;
  }

  /** Calls `changed` after each rendering, until the returned function is called. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  async #render(): Promise<void> {
    const start = performance.now();
    const { messages, faults } = await this.#readAndRender();
    this.#state = {
      version: this.#state.version + 1,
      messages,
      fault: faults.length > 0 ? faults.join('\n') : null,
      tookMs: Math.round(performance.now() - start),
    };
    for (const changed of this.#watchers) changed();
  }

  /** Among the faults, errors of reading come before the failures of rendering that they cause. */
  async #readAndRender(): Promise<{ messages: readonly Message[]; faults: string[] }> {
    let errors: Message[] = [];
    const faults = (): string[] => errors.map((error) => formatMessage(this.file, error));
    try {
      const read = await readFile(await this.#read(), this.#context);
      errors = errorsIn(read.document.messages);
      const { edition, media, viewUrl, messages } = await renderAndCheck(read, this.#context, {
        slug: 'preview',
        address: ({ hash }) => `${this.#mediaUrl()}/${hash}`,
        shape: (bytes, maxWidth) => this.#shapeOnce(bytes, maxWidth),
      });
      this.#media = media;
      this.#edition = edition;
      this.#viewUrl = viewUrl;
      return { messages, faults: faults() };
    } catch (error) {
      return { messages: errors, faults: [...faults(), (error as Error).message] };
    }
  }

  /** Scaling a picture takes longer than rendering the whole issue. */
  #shapeOnce(bytes: Buffer, maxWidth: number): Promise<PreparedPicture> {
    const key = `${maxWidth} ${createHash('sha256').update(bytes).digest('hex')}`;
    const known = this.#shaped.get(key) ?? preparePicture(bytes, maxWidth);
    this.#shaped.set(key, known);
    return known;
  }
}
