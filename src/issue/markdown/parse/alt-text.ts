/** Reads a picture's alternative text without tags and struck words: `![now ~~$9~~ $5](a.png)` -> `now $5`. */
import type { Image, ImageReference, Nodes, PhrasingContent } from 'mdast';
import type { Extension } from 'mdast-util-from-markdown';
import { lineText } from '../tree/text.ts';

/** Replaces the library's handler, which keeps struck words and tags. */
export const altTextExtension: Extension = {
  exit: {
    label() {
      const { children = [] } = this.stack.at(-1) as { children?: PhrasingContent[] };
      const value = this.resume();
      const node = this.stack.at(-1) as Nodes;
      this.data.inReference = true;
      if (node.type === 'link') node.children = children;
      else (node as Image | ImageReference).alt = spoken(children, value);
    },
  },
};

/** Words in `<scope>` are not HTML, and stay. */
const TAG = /<(?:del|s|strike|sup|sub|b|i|em|strong|span|small|u|ins|mark|q|br)\b[^<>]*>/i;

const spoken = (children: PhrasingContent[], value: string): string =>
  TAG.test(value) || holdsStruck(children) ? lineText({ type: 'paragraph', children }) : value;

const holdsStruck = (nodes: readonly Nodes[]): boolean =>
  nodes.some((node) => node.type === 'delete' || ('children' in node && holdsStruck(node.children)));
