/** The queries of the inbox's pages. */
import { type SqlBool, sql } from 'kysely';
import { parseAddressHeader } from 'mailparser';
import type { Db } from '../../db/connection.ts';
import { headerValue, parseHeaders } from '../../io/inbox/mail-headers.ts';

/** Mails on one page of the list. */
const PAGE_SIZE = 50;
/** How much of each mail is read for the list, to find the names of sender and recipient. */
const LIST_HEAD_BYTES = 8 * 1024;

export interface Person {
  name: string;
  address: string;
}

export interface ListedMail {
  id: number;
  from: Person;
  to: Person;
  subject: string;
  receivedAt: Date;
  /** Seconds since then, by the database's clock. */
  age: number;
}

export interface MailPage {
  mails: ListedMail[];
  /** Matching mails on all pages. */
  total: number;
  page: number;
  pages: number;
}

/** One page of the mails whose recipient or subject contains `search`, newest first. Pages count from 1. */
export async function listMails(db: Db, search: string, wanted: number): Promise<MailPage> {
  const { total } = await db
    .selectFrom('inbox_mails')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where(matches(search))
    .executeTakeFirstOrThrow();
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const page = Math.min(Math.max(1, wanted), pages);
  const rows = await db
    .selectFrom('inbox_mails')
    .select(['id', 'mail_from', 'rcpt_to', 'subject', 'received_at'])
    .select(sql<Buffer>`substring(source from 1 for ${LIST_HEAD_BYTES})`.as('head'))
    .select(sql<number>`extract(epoch from now() - received_at)::float`.as('age'))
    .where(matches(search))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE)
    .offset((page - 1) * PAGE_SIZE)
    .execute();
  const mails = rows.map(({ id, mail_from, rcpt_to, subject, received_at, head, age }) => {
    const headers = parseHeaders(head);
    return {
      id,
      subject,
      age,
      receivedAt: received_at,
      from: personOf(headerValue(headers, 'from'), mail_from),
      to: personOf(headerValue(headers, 'to'), rcpt_to),
    };
  });
  return { mails, total, page, pages };
}

function matches(search: string) {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return search === ''
    ? sql<SqlBool>`true`
    : sql<SqlBool>`(rcpt_to ILIKE ${pattern} OR subject ILIKE ${pattern})`;
}

/** The first mailbox of an address header, or the envelope's address if the header has none. */
export function personOf(header: string, envelope: string): Person {
  const mailbox = parseAddressHeader(header, { flatten: true }).value[0];
  return { name: mailbox?.name ?? '', address: mailbox?.address || envelope };
}

export interface FoundMail {
  id: number;
  mailFrom: string;
  rcptTo: string;
  receivedAt: Date;
  source: Buffer;
  /** The neighbours in the list, if any. */
  newer: number | null;
  older: number | null;
}

/** One mail with its neighbours; null when there is no such mail (any more). */
export async function findMail(db: Db, id: number): Promise<FoundMail | null> {
  const row = await db
    .selectFrom('inbox_mails as mail')
    .select(['id', 'mail_from', 'rcpt_to', 'received_at', 'source'])
    .select(sql<number | null>`(SELECT min(id) FROM inbox_mails WHERE id > mail.id)`.as('newer'))
    .select(sql<number | null>`(SELECT max(id) FROM inbox_mails WHERE id < mail.id)`.as('older'))
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const { mail_from, rcpt_to, received_at, ...rest } = row;
  return { ...rest, mailFrom: mail_from, rcptTo: rcpt_to, receivedAt: received_at };
}

/** Empties the inbox. */
export async function clearMails(db: Db): Promise<void> {
  await db.deleteFrom('inbox_mails').execute();
}
