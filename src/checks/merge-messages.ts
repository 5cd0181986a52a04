/** A hundred times the same remark is one remark with a hundred places. */
import type { Message } from '../issue/document/document.ts';

/** Places that are named; of the others only the number is kept. */
const PLACES = 5;
/** Remarks of one rule that are listed one by one. */
const LISTED = 5;

/** In the order of the file; errors are never left out, and what has no place comes last. */
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

/** The same text at several places is said once. */
function merged(messages: readonly Message[]): Message[] {
  return groups(messages, ({ severity, rule, text }) => `${severity} ${rule} ${text}`).map((group) => {
    const [first, ...others] = group as [Message, ...Message[]];
    const lines = [...new Set(others.map(({ line }) => line))].filter((line) => line !== first.line);
    return lines.length === 0 ? first : { ...first, text: `${first.text} (also on ${listed(lines)})` };
  });
}

function shortened(group: Message[]): Message[] {
  const [first] = group;
  if (!first || first.severity === 'error' || group.length <= LISTED + 1) return group;
  const rest = group.slice(LISTED);
  const lines = rest.flatMap(({ line }) => (line === null ? [] : [line]));
  const where = lines.length === 0 ? '' : `, on ${listed(lines)}`;
  return [
    ...group.slice(0, LISTED),
    {
      severity: first.severity,
      line: null,
      rule: first.rule,
      text: `${rest.length} more of the same kind${where}`,
    },
  ];
}

function listed(lines: readonly (number | null)[]): string {
  const named = lines.slice(0, PLACES).map(String);
  const more = lines.length - named.length;
  if (more > 0) return `lines ${named.join(', ')} and ${more} more`;
  const last = named.pop();
  return named.length === 0 ? `line ${last}` : `lines ${named.join(', ')} and ${last}`;
}
