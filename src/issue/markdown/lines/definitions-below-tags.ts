/**
 * Moves link definitions (`[label]: url`) that stand right below a line of Liquid (`{% include x.md %}`). A site
 * generator removes that line before it parses Markdown. With it, both lines are one paragraph, where Markdown sees no
 * definition.
 */

const TEMPLATE_END = /%\}[ \t]*$/;
const DEFINITION = /^ {0,3}\[(?!\^)[^\]]+\]:[ \t]*\S/;

/** To be called with each line outside code, in order. */
export class DefinitionsBelowTags {
  #isBelow = false;
  #taken: string[] = [];

  /** The line, or an empty one in place of a definition that is moved. */
  take(line: string): string {
    if (this.#isBelow && DEFINITION.test(line)) {
      this.#taken.push(line);
      return '';
    }
    this.#isBelow = TEMPLATE_END.test(line);
    return line;
  }

  /** The moved definitions, to stand below all other lines. `fence` closes a code block that is still open there. */
  moved(fence: string | null): string[] {
    return this.#taken.length === 0 ? [] : [fence ?? '', '', ...this.#taken];
  }
}
