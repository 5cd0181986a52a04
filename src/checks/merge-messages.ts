/** Merges repeated messages: the same remark a hundred times becomes one with its lines. */
import type { Message } from '../issue/document/document.ts';

/** How many lines a message names; the rest are only counted. */
const MAX_NAMED_LINES = 5;
/** How many messages of one rule are listed one by one. */
const MAX_LISTED = 5;

/** In the order of the file, messages without a line last. Errors are never left out. */
export function mergeMessages(messages: readonly Message[]): Message[] {
  const byRule = groups(merged(messages), ({ rule, severity }) => `${severity} ${rule}`);
  return byRule.flatMap(shortened).sort((a, b) => placeOf(a) - placeOf(b));
}

const placeOf = ({ line }: Message): number => line ?? Number.MAX_SAFE_INTEGER;

function groups(messages: readonly Message[], key: (message: Message) => string): Message[][] {
  const found = new Map<string, Message[]>();
  for (const message of messages) {
    const group = found.get(key(message));
    if (group) group.push(message);
    else found.set(key(message), [message]);
  }
  return [...found.values()];
}

/** The same text on several lines becomes one message. */
function merged(messages: readonly Message[]): Message[] {
  return groups(messages, ({ severity, rule, text }) => `${severity} ${rule} ${text}`).map((group) => {
    const [first, ...others] = group as [Message, ...Message[]];
    const lines = [...new Set(others.map(({ line }) => line))].filter((line) => line !== first.line);
    return lines.length === 0 ? first : { ...first, text: `${first.text} (also on ${listed(lines)})` };
  });
}

function shortened(group: Message[]): Message[] {
  const [first] = group;
  if (!first || first.severity === 'error' || group.length <= MAX_LISTED + 1) return group;
  const rest = group.slice(MAX_LISTED);
  const lines = rest.flatMap(({ line }) => (line === null ? [] : [line]));
  const where = lines.length === 0 ? '' : `, on ${listed(lines)}`;
  return [
    ...group.slice(0, MAX_LISTED),
    {
      severity: first.severity,
      line: null,
      rule: first.rule,
      text: `${rest.length} more of the same kind${where}`,
    },
  ];
}

function listed(lines: readonly (number | null)[]): string {
  const named = lines.slice(0, MAX_NAMED_LINES).map(String);
  const more = lines.length - named.length;
  if (more > 0) return `lines ${named.join(', ')} and ${more} more`;
  const last = named.pop();
  return named.length === 0 ? `line ${last}` : `lines ${named.join(', ')} and ${last}`;
}
