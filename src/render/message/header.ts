/** The header of a message: checked and written once per edition, except what differs per reader. */
import type { Edition, Fill } from '../edition/edition.ts';
import { compileFill, type SlotValues } from '../slots/fill.ts';
import { slotPaths } from '../slots/slot-paths.ts';
import { carriedFields, furtherFields } from './further-fields.ts';
import { badHeader, field, mailbox, phrase, printable, token, unstructured, url } from './header-fields.ts';

/** The header block without the empty line after it; one character per byte. */
type Header = (fill: Fill, values: SlotValues) => string;

const MAX_SUBJECT = 250;
const MAX_LIST_ID = 255;
/** RFC 5322 2.1.1: a line without its CRLF. */
const MAX_LINE = 998;

/**
 * Compiles the header. `relay` holds the relay's own fields; they win over the edition's.
 * Throws Refused('bad-header' | 'bad-address').
 */
export function compileHeader(
  edition: Edition,
  relay: Readonly<Record<string, string>>,
  boundary: string,
): Header {
  const from = bytes(field('From', mailbox(checkedName('From', edition.from))));
  const replyTo = edition.replyTo
    ? bytes(field('Reply-To', mailbox(checkedName('Reply-To', edition.replyTo))))
    : '';
  const subject = compileSubject(edition.subject);
  const date = dateField();
  const list = listFields(edition);
  const rest = [
    edition.feedbackId === null
      ? ''
      : field('Feedback-ID', token('Feedback-ID', edition.feedbackId, MAX_LINE - 13)),
    ...furtherFields(edition.headers, relay),
    field('MIME-Version', '1.0'),
    field('Content-Type', `multipart/alternative; boundary="${boundary}"`),
  ].join('');
  const head: Header = (fill, values) =>
    `${from}${toField(fill)}${replyTo}${subject(values)}${date(fill.date)}${idFields(fill)}${listOf(fill, list)}${rest}`;
  const carried = carriedFields(relay);
  return carried === null ? head : (fill, values) => head(fill, values) + carried(fill);
}

function toField({ to }: Fill): string {
  const name = to.name.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').trim();
  return bytes(field('To', mailbox({ name, address: to.address })));
}

/** A local part outside ASCII goes out as UTF-8 (RFC 6532). */
function bytes(text: string): string {
  return /^[\0-\x7F]*$/.test(text) ? text : Buffer.from(text).toString('latin1');
}

function checkedName<T extends { name: string }>(header: string, box: T): T {
  printable(header, box.name);
  return box;
}

/** A subject has at most 250 characters. A longer one is refused; one that only slots make longer is cut. */
function compileSubject(template: string): (values: SlotValues) => string {
  const fill = compileFill(template, 'text');
  const bare = printable('Subject', fill({ reader: {}, link: {} }));
  const length = [...bare].length;
  if (length > MAX_SUBJECT)
    throw badHeader('Subject', `expected at most ${MAX_SUBJECT} characters, got ${length}`);
  const fixed = field('Subject', unstructured(bare));
  if (slotPaths(template).length === 0) return () => fixed;
  return (values) => field('Subject', unstructured(cut(fill(values))));
}

function cut(subject: string): string {
  if (subject.length <= MAX_SUBJECT) return subject;
  const characters = [...subject];
  return characters.length <= MAX_SUBJECT ? subject : `${characters.slice(0, MAX_SUBJECT - 1).join('')}…`;
}

/** RFC 5322 3.3. Messages sent in the same second share the field. */
function dateField(): (date: Date) => string {
  let second = Number.NaN;
  let written = '';
  return (date) => {
    const now = Math.floor(date.getTime() / 1000);
    if (Number.isNaN(now)) throw badHeader('Date', 'expected a valid date');
    if (now === second) return written;
    second = now;
    written = `Date: ${date.toUTCString().replace('GMT', '+0000')}\r\n`;
    return written;
  };
}

function idFields({ messageId, deliveryId }: Fill): string {
  if (!/^[^@<>]+@[^@<>]+$/.test(messageId)) throw badHeader('Message-ID', 'expected left@right');
  const message = field('Message-ID', `<${token('Message-ID', messageId, 900)}>`);
  return deliveryId === null
    ? message
    : `${message}${field('X-Postrider-Id', token('X-Postrider-Id', deliveryId, 900))}`;
}

interface ListFields {
  id: string;
  archive: string;
}

/** RFC 2919 and 2369. */
function listFields(edition: Edition): ListFields {
  const archive =
    edition.archiveUrl === null ? '' : field('List-Archive', `<${url('List-Archive', edition.archiveUrl)}>`);
  return { id: edition.listId === null ? '' : listId(edition.listId, edition.listName), archive };
}

/** At most 255 octets: a name that would make it longer is left out. */
function listId(id: string, name: string): string {
  if (!/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$/.test(id))
    throw badHeader('List-Id', 'expected a name like weekly.example.org');
  const bare = `<${token('List-Id', id, MAX_LIST_ID - 2)}>`;
  const named = name === '' ? bare : `${phrase(printable('List-Id', name))} ${bare}`;
  return field('List-Id', named.length <= MAX_LIST_ID ? named : bare);
}

/**
 * A message without an unsubscribe link (a service mail) belongs to no list. The others follow RFC 8058: the https address
 * first, since programs take the first that they know.
 */
function listOf({ links }: Fill, { id, archive }: ListFields): string {
  if (links.unsubscribe === undefined) return '';
  const byMail =
    links.unsubscribeByMail === undefined
      ? ''
      : `, <${token('List-Unsubscribe', links.unsubscribeByMail, 200)}>`;
  const unsubscribe = field('List-Unsubscribe', `<${url('List-Unsubscribe', links.unsubscribe)}>${byMail}`);
  return `${id}${unsubscribe}List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n${archive}`;
}
