/** The node types and data fields that our passes add to mdast. */
import type { Data, Literal, Parent, PhrasingContent, RootContent } from 'mdast';

/** A range of blocks between an opening tag in one block and its closing tag in another. */
export interface HtmlGroup extends Parent {
  type: 'htmlGroup';
  children: RootContent[];
}

/** Replaces a video or audio frame. */
export interface VideoCard extends Omit<Literal, 'value'> {
  type: 'videoCard';
  title: string;
  url: string;
  cover: string | null;
  data?: Data;
}

/** Terms, each followed by its definitions. */
export interface DefinitionList extends Parent {
  type: 'definitionList';
  children: DefinitionPart[];
  data: Data;
}

export interface DefinitionPart extends Parent {
  type: 'definitionTerm' | 'definitionText';
  children: PhrasingContent[];
  data: Data;
}

/** A word whose meaning the issue gives once. */
export interface Abbreviation extends Parent {
  type: 'abbreviation';
  children: PhrasingContent[];
  data: Data;
}

declare module 'mdast' {
  interface RootContentMap {
    htmlGroup: HtmlGroup;
    videoCard: VideoCard;
    definitionList: DefinitionList;
    definitionPart: DefinitionPart;
    abbreviation: Abbreviation;
  }
  interface PhrasingContentMap {
    abbreviation: Abbreviation;
  }
  interface Data {
    /** From the front matter, and not counted in the outline of the body. */
    included?: boolean;
  }
  interface ImageData {
    /** Written as an HTML `<img>`, with its size where it has one. */
    html?: { width?: number; height?: number };
  }
  interface LinkData {
    /** Written without any markup. */
    bare?: boolean;
  }
}

/** The 1-based line of a node in the source; 0 for a node without a position. */
export function lineOf(node: { position?: { start: { line: number } } | undefined } | undefined): number {
  return node?.position?.start.line ?? 0;
}
