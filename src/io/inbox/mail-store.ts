/**
 * Writes mails to inbox_mails in groups: while one INSERT is being committed, the mails of all other connections gather
 * for the next one, so that the number of commits does not grow with the number of connections.
 */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import type { Log } from '../../ports.ts';

/** The inbox keeps the newest mails. */
export const MAX_INBOX_MAILS = 1_000;
/** Of one INSERT: four parameters each, and PostgreSQL takes 65,535. */
const MAX_GROUP_MAILS = 200;
/** Keeps the statement for a group of large mails at a reasonable size. */
const MAX_GROUP_BYTES = 16 * 1024 * 1024;
/** Under load, old mails are deleted after this many new ones; otherwise whenever nothing is pending. */
const PRUNE_AFTER_MAILS = 200;

export interface Mail {
  mail_from: string;
  rcpt_to: string;
  subject: string;
  source: Buffer;
}

interface QueuedMail {
  mail: Mail;
  stored(id: number): void;
  failed(cause: unknown): void;
}

export class MailStore {
  private readonly db: Db;
  private readonly log: Log;
  private readonly queue: QueuedMail[] = [];
  private writing: Promise<void> | null = null;
  private sincePrune = 0;

  constructor(db: Db, log: Log) {
    this.db = db;
    this.log = log;
  }

  /** Resolves with the mail's id once it is committed; rejects when it could not be stored. */
  store(mail: Mail): Promise<number> {
    return new Promise((stored, failed) => {
      this.queue.push({ mail, stored, failed });
      this.writing ??= this.writeAll().finally(() => {
        this.writing = null;
      });
    });
  }

  /** Resolves when every pending mail is stored or refused, and the old mails are deleted. */
  async close(): Promise<void> {
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    while (this.queue.length > 0) {
      await this.writeGroup(this.takeGroup());
      if (this.queue.length === 0 || this.sincePrune >= PRUNE_AFTER_MAILS) await this.prune();
    }
  }

  private takeGroup(): QueuedMail[] {
    let bytes = 0;
    const end = this.queue.findIndex(({ mail }, index) => {
      bytes += mail.source.length;
      return index > 0 && (index >= MAX_GROUP_MAILS || bytes > MAX_GROUP_BYTES);
    });
    return this.queue.splice(0, end === -1 ? this.queue.length : end);
  }

  private async writeGroup(group: QueuedMail[]): Promise<void> {
    try {
      const rows = await this.db
        .insertInto('inbox_mails')
        .values(group.map(({ mail }) => mail))
        .returning('id')
        .execute();
      this.sincePrune += group.length;
      group.forEach((queued, index) => {
        queued.stored(rows[index]!.id);
      });
    } catch (cause) {
      this.log.warn({ err: cause, mails: group.length }, 'inbox: mails could not be stored');
      for (const queued of group) queued.failed(cause);
    }
  }

  /** Deletes all but the newest. Nobody waits for it, and after a failure the next call catches up. */
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
