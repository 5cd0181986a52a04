/** The workers that are alive, for display: where they run, since when, and what they are working on. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

export interface AliveWorker {
  /** `host/pid` */
  worker: string;
  since: Date;
  /** It takes no new work and is about to end. */
  draining: boolean;
  /** `newsletter/issue lane`, or `service mails`: what it has leased right now. */
  serves: string[];
  /** The relays that it uses. */
  relays: string[];
}

/** Alive by their lease, by the database's clock. */
export async function aliveWorkers(db: Db): Promise<AliveWorker[]> {
  const { rows } = await sql<AliveWorker>`
    SELECT w.name AS worker, w.started_at AS since, w.draining,
      ARRAY(
        SELECT DISTINCT CASE WHEN o.issue_id = 0 THEN 'service mails' ELSE n.slug || '/' || i.slug || ' ' || o.lane END AS what
        FROM batches o LEFT JOIN issues i ON i.id = o.issue_id LEFT JOIN newsletters n ON n.id = i.newsletter_id
        WHERE o.worker_id = w.id ORDER BY what
      ) AS serves,
      ARRAY(SELECT r.relay FROM relay_workers r WHERE r.worker_id = w.id ORDER BY r.relay) AS relays
    FROM workers w WHERE w.ended_at IS NULL AND w.lease_until > clock_timestamp() ORDER BY w.id`.execute(db);
  return rows;
}
