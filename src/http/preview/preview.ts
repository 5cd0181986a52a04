/** What the preview page shows, and where it comes from. */
import type { Message } from '../../issue/document/document.ts';
import type { Reader } from '../../render/edition/edition.ts';

/** "As this subscriber": missing fields are invented. */
export type PreviewReader = Partial<Reader>;

export interface PreviewView {
  subject: string;
  html: string;
  text: string;
  /** The whole message as it would be sent. */
  message: Buffer;
}

export interface Preview {
  /** As the editor named it. */
  file: string;
  /** The latest successful rendering; null before the first. */
  viewFor(reader: PreviewReader): PreviewView | null;
  /** Looks up a subscriber by address; null if no newsletter was given. */
  subscriber: ((address: string) => Promise<Reader | null>) | null;
  state(): PreviewState;
  /** A picture beside the file, by its hash. */
  picture(hash: string): { type: string; bytes: Buffer } | null;
  /** Calls `changed` after each rendering, until the returned function is called. */
  watch(changed: () => void): () => void;
}

interface PreviewState {
  /** Counts renderings. */
  version: number;
  messages: readonly Message[];
  /** Why the current text could not be rendered; the preview then shows an older one. */
  fault: string | null;
  tookMs: number;
}
