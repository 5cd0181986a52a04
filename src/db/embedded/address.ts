/** The URL of the folder's server, and whether it is really that server which answers there. */
import pg from 'pg';
import { Refused } from '../../errors.ts';
import { type Folder, passwordOf } from './folder.ts';

/** The database's only user. */
export const DATABASE_USER = 'postrider';

export async function serverUrl(folder: Folder, port: number): Promise<string> {
  return `postgres://${DATABASE_USER}:${await passwordOf(folder)}@127.0.0.1:${port}/postgres`;
}

/** True when the server at that URL serves this data folder. */
export async function isServerOf(url: string, data: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory === data;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') throw wrongPassword(data, error);
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function wrongPassword(data: string, cause: unknown): Refused {
  return new Refused(
    'embedded-password',
    `the embedded database in ${data} refuses the password in the file \`password\` of its folder: restore that file from the same backup as the data, they belong together.`,
    { cause },
  );
}
