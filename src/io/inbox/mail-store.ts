/**
 * Writes mails to inbox_mails in groups: while one INSERT is on its way to the disk, the mails of all other
 * connections gather for the next, so that the number of commits does not grow with the number of connections.
 */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import type { Log } from '../../ports.ts';

/** How many mails the inbox keeps: the newest. */
export const MAX_INBOX_MAILS = 1_000;
/** Mails of one INSERT at the most (four parameters each, PostgreSQL takes 65,535)... */
const GROUP_MAILS = 200;
/** ...and their octets, so that a group of large mails stays a reasonable statement. */
const GROUP_BYTES = 16 * 1024 * 1024;
/** Under load, old mails are deleted after this many new ones; else whenever nothing waits. */
const PRUNE_EVERY = 200;

export interface Mail {
  mail_from: string;
  rcpt_to: string;
  subject: string;
  source: Buffer;
}

interface Waiting {
  mail: Mail;
  stored(id: number): void;
  failed(cause: unknown): void;
}

export class MailStore {
  private readonly db: Db;
  private readonly log: Log;
  private readonly waiting: Waiting[] = [];
  private writing: Promise<void> | null = null;
  private sincePrune = 0;

  constructor(db: Db, log: Log) {
    this.db = db;
    this.log = log;
  }

  /** Resolves with the mail's id once it is committed; rejects when it could not be stored. */
  keep(mail: Mail): Promise<number> {
    return new Promise((stored, failed) => {
      this.waiting.push({ mail, stored, failed });
      this.writing ??= this.writeAll().finally(() => {
        this.writing = null;
      });
    });
  }

  /** Resolves when everything handed in is stored or refused, and the old mails are deleted. */
  async close(): Promise<void> {
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.writeGroup(this.takeGroup());
      if (this.waiting.length === 0 || this.sincePrune >= PRUNE_EVERY) await this.prune();
    }
  }

  private takeGroup(): Waiting[] {
    let bytes = 0;
    const end = this.waiting.findIndex(({ mail }, index) => {
      bytes += mail.source.length;
      return index > 0 && (index >= GROUP_MAILS || bytes > GROUP_BYTES);
    });
    return this.waiting.splice(0, end === -1 ? this.waiting.length : end);
  }

  private async writeGroup(group: Waiting[]): Promise<void> {
    try {
      const rows = await this.db
        .insertInto('inbox_mails')
        .values(group.map(({ mail }) => mail))
        .returning('id')
        .execute();
      this.sincePrune += group.length;
      group.forEach((waiting, index) => {
        waiting.stored(rows[index]!.id);
      });
    } catch (cause) {
      this.log.warn({ err: cause, mails: group.length }, 'inbox: mails could not be stored');
      for (const waiting of group) waiting.failed(cause);
    }
  }

  /** Deletes all but the newest. Nobody waits for it, and a failure leaves the work to the next one. */
  private async prune(): Promise<void> {
    if (this.sincePrune === 0) return;
    this.sincePrune = 0;
    try {
      await sql`DELETE FROM inbox_mails WHERE id <=
        (SELECT id FROM inbox_mails ORDER BY id DESC OFFSET ${MAX_INBOX_MAILS} LIMIT 1)`.execute(this.db);
    } catch (cause) {
      this.log.warn({ err: cause }, 'inbox: old mails could not be deleted');
    }
  }
}
