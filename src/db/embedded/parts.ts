import type { Tell } from './data-folder.ts';
import type { Folder } from './folder.ts';
import type { Machine } from './machine.ts';

/** What starting and stopping need: where, on what machine, and whom to tell. */
export interface Server {
  readonly folder: Folder;
  readonly machine: Machine;
  readonly tell: Tell;
}
