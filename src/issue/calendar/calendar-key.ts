import type { Block } from '../document/document.ts';

/** The key of an event's calendar file among the media of its issue. */
export const calendarKey = ({ line }: Pick<Extract<Block, { kind: 'event' | 'meeting' }>, 'line'>): string =>
  `calendar:${line}`;
