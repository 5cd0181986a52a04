/** Tells which lines of a body are code. To be called with each line, in order. */

const FENCE = /^([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}(?=[^`]*$)|~{3,})/;
const ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)]|:)[ \t]+(?=\S)/;
/** Other blocks with indented lines that are not code: MkDocs' admonitions, footnotes. */
const HOLDER = /^[ \t]*(?:(?:!!!|\?\?\?\+?)[ \t]|\[\^[^\]]+\]:)/;

export class CodeLines {
  #fence: { mark: string; isQuoted: boolean; margin: number } | null = null;
  /** The indent of the current list item's text; 0 outside of lists. */
  #margin = 0;
  #isBelowBlank = true;
  #isCode = false;

  isCode(line: string): boolean {
    if (this.#fence !== null && this.#isInFence(line)) return true;
    const [, lead = '', mark] = FENCE.exec(line) ?? [];
    if (mark !== undefined && indentOf(lead) < this.#margin + 4) {
      const margin = indentOf(lead) >= this.#margin ? this.#margin : 0;
      this.#fence = { mark, isQuoted: lead.includes('>'), margin };
      return true;
    }
    return this.#isIndentedCode(line);
  }

  /** An unclosed fence ends with the quote or list item that contains it. */
  #isInFence(line: string): boolean {
    const { mark, isQuoted, margin } = this.#fence!;
    const isLeft = isQuoted ? !/^[ \t]*>/.test(line) : line.trim() !== '' && indentOf(line) < margin;
    const rest = line.replace(/^[ \t>]*/, '').trimEnd();
    const isClosed = rest.startsWith(mark) && [...rest].every((character) => character === mark[0]);
    if (isLeft || isClosed) this.#fence = null;
    return !isLeft;
  }

  #isIndentedCode(line: string): boolean {
    if (line.trim() === '') {
      this.#isBelowBlank = true;
      return false;
    }
    const indent = indentOf(line);
    const mayBe = this.#isBelowBlank || this.#isCode;
    const isItem = ITEM.test(line) || HOLDER.test(line);
    this.#isCode = mayBe && indent >= this.#margin + 4 && !(isItem && this.#margin > 0);
    if (!this.#isCode && isItem) this.#margin = HOLDER.test(line) ? indent + 4 : indentOf(markOf(line));
    else if (!this.#isCode && indent === 0 && this.#isBelowBlank) this.#margin = 0;
    this.#isBelowBlank = false;
    return this.#isCode;
  }
}

/** The marker of an item as spaces. */
const markOf = (line: string): string => (ITEM.exec(line)?.[0] ?? '').replace(/\S/g, ' ');

/** In columns; a tab counts four. */
function indentOf(text: string): number {
  const lead = /^[ \t]*/.exec(text)?.[0] ?? '';
  return lead.replaceAll('\t', '    ').length;
}
