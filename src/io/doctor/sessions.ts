/**
 * Finds a pooler between us and PostgreSQL that hands out a server's connection for one transaction at a time: settings
 * of a session then belong to whoever comes next, and LISTEN to nobody.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { SessionFacts } from '../../doctor/check/situation.ts';

const TIMEOUT_MS = 4_000;
const NOTIFIED_MS = 2_000;

export async function readSessionFacts(connectionString: string): Promise<SessionFacts> {
  const options = { connectionString, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS };
  const clients = [new pg.Client(options), new pg.Client(options)] as const;
  const [one, other] = clients;
  for (const client of clients) client.on('error', () => {});
  try {
    await Promise.all(clients.map((client) => client.connect()));
    const keepsState = await hasOwnState(one, other);
    return { keepsState, listens: await isNotified(one, other) };
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}

/** While the other holds a transaction, the pooler cannot give us the same server connection again. */
async function hasOwnState(one: pg.Client, other: pg.Client): Promise<boolean> {
  const mark = randomBytes(8).toString('hex');
  const read = async (client: pg.Client) => {
    const { rows } = await client.query<{ mark: string | null }>(
      "SELECT current_setting('postrider.doctor', true) AS mark",
    );
    return rows[0]!.mark;
  };
  await one.query("SELECT set_config('postrider.doctor', $1, false)", [mark]);
  await other.query('BEGIN');
  try {
    const leaked = (await read(other)) === mark;
    return !leaked && (await read(one)) === mark;
  } finally {
    await other.query('ROLLBACK');
  }
}

async function isNotified(one: pg.Client, other: pg.Client): Promise<boolean> {
  const channel = `postrider_doctor_${randomBytes(6).toString('hex')}`;
  let timer: NodeJS.Timeout | undefined;
  const notified = new Promise<boolean>((resolve) => {
    one.on('notification', (message) => message.channel === channel && resolve(true));
    timer = setTimeout(() => resolve(false), NOTIFIED_MS);
  });
  try {
    await one.query(`LISTEN ${channel}`);
    await other.query(`NOTIFY ${channel}`);
    return await notified;
  } finally {
    clearTimeout(timer);
  }
}
