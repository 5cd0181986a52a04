/** The settings of one issue for rendering its content. */
import type { PrintSlot } from '../slots/label.ts';
import type { Direction } from './direction.ts';

export interface ContentSettings {
  /** What relative addresses resolve against; null: they lead nowhere. */
  baseUrl: string | null;
  /** The address that a picture is served from instead, or null to leave it as written. */
  image: (url: string) => string | null;
  /** The size of a picture's file in px, where it is known. */
  sizeOf?: (url: string) => Size | null;
  /** The issue's own direction; `ltr` where it is missing. */
  direction?: Direction;
  /** Returns the marker that becomes a slot of the edition. */
  slot: PrintSlot;
  /** The alt text of a picture that stands alone and has no useful one of its own. */
  picture?: string;
  /** The widest picture in px. */
  width: number;
  /**
   * Chinese, Japanese or Korean text: a single no-break space in it is an accident of the editor that it was pasted
   * from.
   */
  breakBlanks?: boolean;
}

/** In px. */
export interface Size {
  width: number;
  height: number;
}
