/** Collects the messages about an issue while it is read. */
import type { Message } from './document.ts';

/** A place in the source file, 1-based. */
export interface Place {
  line: number;
  column?: number;
}

/** Further messages of one rule are only counted. */
const MAX_PER_RULE = 50;

export class MessageCollector {
  readonly #list: Message[] = [];
  readonly #counts = new Map<string, number>();

  error(rule: string, text: string, place?: Place | null): void {
    this.#add('error', rule, text, place);
  }

  warning(rule: string, text: string, place?: Place | null): void {
    this.#add('warning', rule, text, place);
  }

  info(rule: string, text: string, place?: Place | null): void {
    this.#add('info', rule, text, place);
  }

  /** In the order of the file; those without a line come first. */
  list(): Message[] {
    const more = [...this.#counts]
      .filter(([, count]) => count > MAX_PER_RULE)
      .map(([rule, count]): Message => {
        return { severity: 'info', line: null, rule, text: `${count - MAX_PER_RULE} more of the same kind` };
      });
    return [...this.#list, ...more].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  }

  #add(severity: Message['severity'], rule: string, text: string, place?: Place | null): void {
    const count = (this.#counts.get(rule) ?? 0) + 1;
    this.#counts.set(rule, count);
    if (count > MAX_PER_RULE) return;
    const column = place?.column === undefined ? {} : { column: place.column };
    this.#list.push({ severity, line: place?.line ?? null, ...column, rule, text });
  }
}
