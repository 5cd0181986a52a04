import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEmbedded } from '../../../src/db/embedded/open.ts';
import { until } from '../../helpers/until.ts';
import { dataOf, newHome, options, query, serversOn } from './homes.ts';

describe('the embedded database', () => {
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
