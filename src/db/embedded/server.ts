/** What starting and stopping the embedded database need. */
import type { Tell } from './data-folder.ts';
import type { Folder } from './folder.ts';
import type { Machine } from './machine.ts';

export interface Server {
  readonly folder: Folder;
  readonly machine: Machine;
  readonly tell: Tell;
}
