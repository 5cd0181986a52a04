/** The machine-readable part of a delivery report: RFC 3464, and RFC 6533 for addresses in UTF-8. */
import { sameAddress, typedAddress } from '../mail/addresses.ts';
import { FieldCollector, field, type Headers } from '../mail/headers.ts';

/** Each of our mails has one recipient, so a report of more than a few is about other mails. */
const MAX_RECIPIENTS = 30;
const MAX_GROUP_FIELDS = /^(final-recipient|original-recipient|action|status|diagnostic-code)$/;

export interface StatusGroup {
  recipient: string | null;
  original: string | null;
  /** Lower case: `failed`, `delayed`, `delivered`, `relayed`, `expanded`; an empty string where it is missing. */
  action: string;
  /** As the report says it: `5.1.1`; an empty string where it is missing. */
  status: string;
  diagnostic: string;
}

/** The groups about recipients; none if the text holds no fields of a report. */
export function readStatusGroups(text: string): StatusGroup[] {
  const groups = mergeTorn(fieldGroups(text).filter(isAboutRecipient)).map(toGroup);
  return withoutRepeats(groups).slice(0, MAX_RECIPIENTS);
}

function fieldGroups(text: string): Headers[] {
  const groups: Headers[] = [];
  let collector = new FieldCollector();
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      groups.push(collector.done());
      collector = new FieldCollector();
    } else if (!collector.take(line)) collector.continue(line);
  }
  return [...groups, collector.done()].filter((group) => group.size > 0);
}

const isAboutRecipient = (group: Headers): boolean =>
  [...group.keys()].some((name) => MAX_GROUP_FIELDS.test(name));

/** Some servers put an empty line between a recipient's fields. */
function mergeTorn(groups: Headers[]): Headers[] {
  const merged: Headers[] = [];
  for (const group of groups) {
    const last = merged.at(-1);
    const torn = last && ![...group.keys()].some((name) => MAX_GROUP_FIELDS.test(name) && last.has(name));
    if (torn && !startsRecipient(group)) merged[merged.length - 1] = new Map([...last, ...group]);
    else merged.push(group);
  }
  return merged;
}

const startsRecipient = (group: Headers): boolean =>
  group.has('final-recipient') || group.has('original-recipient');

function toGroup(group: Headers): StatusGroup {
  const final = typedAddress(field(group, 'final-recipient'));
  const original = typedAddress(field(group, 'original-recipient'));
  const recipient = final ?? typedAddress(field(group, 'x-actual-recipient')) ?? original;
  return {
    recipient,
    original: sameAddress(recipient, original) ? null : original,
    action: /[a-z]+/.exec(field(group, 'action').toLowerCase())?.[0] ?? '',
    status: /[245]\.\d{1,3}\.\d{1,3}/.exec(field(group, 'status'))?.[0] ?? '',
    diagnostic: diagnosticOf(group),
  };
}

/** Without its type: `smtp; 550 5.1.1 ...`. Some servers write several, or wrap a foreign one in their own words. */
function diagnosticOf(group: Headers): string {
  const codes = group.get('diagnostic-code') ?? [];
  const said = codes.map((code) => code.replace(/^\s*[\w-]{1,30}\s*;\s*/, '')).join(' ');
  return said || field(group, 'x-supplementary-info') || commentOf(field(group, 'status'));
}

/** `Status: 5.1.1 (user unknown)` */
const commentOf = (status: string): string => /\(([^()]{1,500})\)/.exec(status)?.[1] ?? '';

/** Sendmail names a recipient twice where two lines of an alias led to it. */
function withoutRepeats(groups: StatusGroup[]): StatusGroup[] {
  const seen = new Set<string>();
  return groups.filter((group) => {
    const key = JSON.stringify(group);
    return !seen.has(key) && seen.add(key);
  });
}
