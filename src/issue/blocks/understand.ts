/** The tree of an issue -> typed blocks, in reading order. */
import type { Root } from 'mdast';
import type { Block } from '../document.ts';
import type { Remarks } from '../messages.ts';
import { plainBlocks } from './plain.ts';

export interface UnderstandOptions {
  /** Kinds that may be inferred; null for all. */
  infer: readonly string[] | null;
  body: string;
  remarks: Remarks;
}

export function understand(tree: Root, _options: UnderstandOptions): Block[] {
  return plainBlocks(tree.children);
}
