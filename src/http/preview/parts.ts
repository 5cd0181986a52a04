/** What the preview page shows, and who gives it. */
import type { Message } from '../../issue/document/document.ts';
import type { Reader } from '../../render/edition/edition.ts';

/** "As this subscriber": what is left out is invented. */
export type SeenBy = Partial<Reader>;

export interface Seen {
  subject: string;
  html: string;
  text: string;
  /** The whole message as it would be sent. */
  message: Buffer;
}

export interface Preview {
  /** As the editor named it. */
  file: string;
  /** The last rendering that came to an end; null before the first. */
  seenBy(reader: SeenBy): Seen | null;
  /** The subscriber who has an address, or null; is not there where no newsletter was named. */
  subscriber: ((address: string) => Promise<Reader | null>) | null;
  state(): PreviewState;
  /** A picture that lies beside the file, by its hash. */
  picture(hash: string): { type: string; bytes: Buffer } | null;
  /** Calls `changed` after each rendering, until the function that comes back is called. */
  watch(changed: () => void): () => void;
}

export interface PreviewState {
  /** Counts renderings. */
  version: number;
  messages: readonly Message[];
  /** Why the newest text could not be rendered; what is shown is older then. */
  fault: string | null;
  tookMs: number;
}
