/** What an event or a meeting says besides its topic, time and place, which the mail lists above its text. */
import type { ElementContent } from 'hast';
import { calendarKey } from '../../issue/calendar/calendar-key.ts';
import type { Block, Content } from '../../issue/document/document.ts';
import type { ContentSettings } from '../content/content-settings.ts';
import { contentWords } from '../content/content-words.ts';

type EventBlock = Extract<Block, { kind: 'event' | 'meeting' }>;

/** The address of its calendar file, or null if it has none: its time is not certain, or in the past. */
export function calendarUrl({ image }: Pick<ContentSettings, 'image'>, block: EventBlock): string | null {
  const address = image(calendarKey(block));
  return address && `${address}.ics`;
}

/** The content without lines that only repeat a fact (`时间：…`), and without elements left empty by that. */
export function withoutFacts({ content, topic, time, place }: EventBlock): Content {
  const facts = new Set([topic, time, place].flatMap((fact) => (fact ? [plain(fact)] : [])));
  return facts.size === 0 ? content : content.flatMap((node) => rest(node, facts));
}

function rest(node: ElementContent, facts: ReadonlySet<string>): ElementContent[] {
  if (node.type !== 'element') return [node];
  if (node.tagName === 'p') return withLines(node, kept(linesOf(node.children), facts));
  if (!/^(?:ul|ol|li)$/.test(node.tagName)) return [node];
  const isLine = node.tagName === 'li' && !node.children.some(isParagraph);
  const children = isLine
    ? kept([node.children], facts).flat()
    : node.children.flatMap((child) => rest(child, facts));
  return contentWords(children) ? [{ ...node, children }] : [];
}

const isParagraph = (node: ElementContent): boolean => node.type === 'element' && node.tagName === 'p';

const kept = (lines: ElementContent[][], facts: ReadonlySet<string>): ElementContent[][] =>
  lines.filter((line) => !facts.has(plain(contentWords(line).replace(/^[^：:]{1,16}[：:]/, ''))));

function linesOf(children: readonly ElementContent[]): ElementContent[][] {
  const lines: ElementContent[][] = [[]];
  for (const child of children) {
    if (child.type === 'element' && child.tagName === 'br') lines.push([]);
    else lines.at(-1)!.push(child);
  }
  return lines;
}

function withLines(paragraph: ElementContent & { type: 'element' }, lines: ElementContent[][]) {
  const isBreak: ElementContent = { type: 'element', tagName: 'br', properties: {}, children: [] };
  const children = lines.flatMap((line, index) => (index === 0 ? line : [isBreak, ...line]));
  return lines.length === 0 ? [] : [{ ...paragraph, children }];
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
