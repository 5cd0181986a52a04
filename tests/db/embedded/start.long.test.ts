import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEmbedded } from '../../../src/db/embedded/open.ts';
import { until } from '../../helpers/until.ts';
import { dataOf, newHome, options, query, serversOn } from './fixtures.ts';

describe('the embedded database', () => {
  it('works in a folder whose name has blanks, quotes and letters of other scripts', async () => {
    const home = await newHome(`ma maison "d'été" 数据`);
    const database = await openEmbedded(options(home));
    expect(await query(database.url, 'SHOW data_directory')).toEqual([{ data_directory: dataOf(home) }]);
    await database.close();
  });

  it('opened twice in one process is one server, stopped when the second opening is closed', async () => {
    const home = await newHome();
    const [one, two] = await Promise.all([openEmbedded(options(home)), openEmbedded(options(home))]);
    expect(one.url).toBe(two.url);
    expect(await serversOn(home)).toHaveLength(1);
    await Promise.all([one.close(), one.close()]);
    expect(await query(two.url, 'SELECT 1 AS one')).toHaveLength(1);
    await two.close();
    expect(await serversOn(home)).toHaveLength(0);
  });

  it('takes another port when some other program has taken its own', async () => {
    const home = await newHome();
    const first = await openEmbedded(options(home));
    await first.close();
    const thief = createServer().listen(Number(new URL(first.url).port), '127.0.0.1');
    const second = await openEmbedded(options(home));
    expect(second.url).not.toBe(first.url);
    expect(await query(second.url, 'SELECT 1 AS one')).toHaveLength(1);
    await second.close();
    thief.close();
  });

  it('refuses a wrong password file by name and leaves no server behind', async () => {
    const home = await newHome();
    await (await openEmbedded(options(home))).close();
    await writeFile(join(home, 'postgres', 'password'), 'not-this-one\n');
    await expect(openEmbedded(options(home))).rejects.toMatchObject({ code: 'embedded-password' });
    await until('no server is left', async () => (await serversOn(home)).length === 0);
  });

  it('a setting that the server refuses is told in its own words', async () => {
    const home = await newHome();
    await (await openEmbedded(options(home))).close();
    await writeFile(join(dataOf(home), 'postgresql.conf'), 'no_such_setting = on\n');
    await expect(openEmbedded(options(home))).rejects.toThrow('no_such_setting');
  });
});
