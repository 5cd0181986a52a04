import type { Block } from '../document/document.ts';

/** Under which name the calendar file of an event stands among the media of its issue. */
export const calendarKey = ({ line }: Pick<Extract<Block, { kind: 'event' | 'meeting' }>, 'line'>): string =>
  `calendar:${line}`;
