/** How authoring reads the files beside an issue. `io/files.ts` fulfils it for a disk. */
export interface FolderReader {
  /**
   * The bytes of a file within `folder`, with links followed. Null when it is not there. Rejects with words that complete
   * "the picture ...": it is not a file, too large, or a link that leads out of the folder.
   */
  readWithin(folder: string, path: string, maxBytes: number): Promise<Buffer | null>;
  /** The path of a file within `folder`, with links followed. Null and rejections as for `readWithin`. */
  realWithin(folder: string, path: string): Promise<string | null>;
  /** The path with links followed. Rejects when nothing is there. */
  realPath(path: string): Promise<string>;
  /** What lies at a path, with links followed. Null when nothing is there. */
  kindOf(path: string): Promise<'file' | 'other' | null>;
  /** Why one of the above rejected, in words that complete "FILE: cannot be read: ...". */
  whyUnreadable(error: unknown): string;
}
