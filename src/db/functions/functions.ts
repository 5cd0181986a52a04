/**
 * The functions of the schema, each file with the current text. A fresh database gets it with the first migration; a
 * change needs a migration of its own that runs the changed text again, so that older databases get it.
 */
import { links } from './links.ts';
import { tallies } from './tallies.ts';
import { unsubscribe } from './unsubscribe.ts';

export const functions: readonly string[] = [links, tallies, unsubscribe];
