/**
 * `[label]: url` right below a line of Liquid (`{% include x.md %}`). A site generator takes that line out before it
 * reads Markdown; to Markdown both are one paragraph, in which nothing is defined.
 */

const TEMPLATE_END = /%\}[ \t]*$/;
const DEFINITION = /^ {0,3}\[(?!\^)[^\]]+\]:[ \t]*\S/;

/** Asked for each line outside code, in their order. */
export class DefinitionsBelowTags {
  #isBelow = false;
  #taken: string[] = [];

  /** The line, or an empty one in its place. */
  take(line: string): string {
    if (this.#isBelow && DEFINITION.test(line)) {
      this.#taken.push(line);
      return '';
    }
    this.#isBelow = TEMPLATE_END.test(line);
    return line;
  }

  /** Lines to stand below all others; `fence` is of code that is still open there. */
  again(fence: string | null): string[] {
    return this.#taken.length === 0 ? [] : [fence ?? '', '', ...this.#taken];
  }
}
