import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FetchOptions, fetchPublic } from '../../../src/io/fetch/fetch.ts';
import { type NetworkPolicy, publicInternet } from '../../../src/io/fetch/network-policy.ts';
import { allowOnly, resolver, startWebSite, type WebSite } from '../../helpers/web-site.ts';

let site: WebSite;

beforeAll(async () => {
  site = await startWebSite((request, response) => {
    const [, kind = '', rest = ''] = /^\/([^/?]*)[/?]?(.*)$/.exec(request.url ?? '') ?? [];
    if (kind === 'to') return response.writeHead(302, { location: decodeURIComponent(rest) }).end();
    if (kind === 'round') return response.writeHead(307, { location: `/round/${rest}x` }).end();
    if (kind === 'silent') return;
    if (kind === 'endless') {
      const more = () => response.write(Buffer.alloc(65_536)) && setImmediate(more);
      response.on('drain', more);
      return more();
    }
    if (kind === 'half') {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      return setImmediate(() => response.destroy());
    }
    if (kind === 'missing') return response.writeHead(404).end('no');
    return response.end(`here is ${request.headers.host}${request.url}`);
  });
});
afterAll(() => site.close());

const usual = { maxBytes: 100_000, timeoutMs: 5_000 };
const get = (url: string, options: Partial<FetchOptions> = {}) =>
  fetchPublic(url, { ...usual, policy: allowOnly(site), ...options });
/** As the program fetches, but with these names instead of the network's. */
const guarded = (names: Record<string, string[]> = {}): NetworkPolicy => ({
  ...publicInternet,
  resolve: resolver(names),
});

test('fetches what is there, through redirects, and says where it ended', async () => {
  const { status, url, body } = await get(`${site.url}/to/${encodeURIComponent('/to/%2Fgoal')}`);
  expect([status, url, body.toString()]).toEqual([
    200,
    `${site.url}/goal`,
    `here is 127.0.0.1:${site.port}/goal`,
  ]);
  expect((await get(`${site.url}/missing`)).status).toBe(404);
});

test.each([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f.0.0.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://10.1.2.3/',
  'http://192.168.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://[fe80::1]/',
])('refuses %s by default', async (url) => {
  await expect(fetchPublic(url, usual)).rejects.toMatchObject({ name: 'FetchError', reason: 'closed' });
});

test.each([
  ['one that leads home', { 'a.example': ['127.0.0.1'] }],
  ['one whose every address is private', { 'a.example': ['10.0.0.1', '::ffff:10.0.0.1', 'fd00::1'] }],
])('refuses a name: %s', async (_, names) => {
  const refused = fetchPublic('http://a.example/', { ...usual, policy: guarded(names) });
  await expect(refused).rejects.toMatchObject({ reason: 'closed' });
});

test('refuses localhost, whatever the machine says of it', async () => {
  await expect(fetchPublic('http://localhost/', usual)).rejects.toMatchObject({ name: 'FetchError' });
});

test('refuses ports other than 80 and 443', async () => {
  await expect(fetchPublic('http://1.1.1.1:22/', usual)).rejects.toMatchObject({ reason: 'closed' });
});

test.each([
  'http://10.0.0.1/',
  'http://inside.example/',
  'file:///etc/passwd',
  'http://user:pass@127.0.0.1/',
])('does not follow a redirect to %s', async (goal) => {
  const policy = allowOnly(site, { 'inside.example': ['192.168.1.1'] });
  const refused = get(`${site.url}/to/${encodeURIComponent(goal)}`, {
    policy: { ...policy, allowsPort: () => true },
  });
  await expect(refused).rejects.toMatchObject({
    name: 'FetchError',
    reason: expect.stringMatching(/closed|address/),
  });
});

test('connects to the address that was checked, whatever the name says a moment later', async () => {
  let answers = 0;
  const policy: NetworkPolicy = {
    ...allowOnly(site),
    resolve: async () => (++answers === 1 ? ['127.0.0.1'] : ['10.0.0.1']),
  };
  const { body } = await get(`http://rebind.example:${site.port}/x`, { policy });
  expect(body.toString()).toBe(`here is rebind.example:${site.port}/x`);
  expect(answers).toBe(1);
});

test('of a name with open and closed addresses only the open ones are asked', async () => {
  const policy = allowOnly(site, { 'both.example': ['10.0.0.1', '127.0.0.1'] });
  expect((await get(`http://both.example:${site.port}/`, { policy })).status).toBe(200);
});

test('gives up on redirects without end, silence, floods and halves', async () => {
  await expect(get(`${site.url}/round/`)).rejects.toMatchObject({ reason: 'redirects' });
  await expect(get(`${site.url}/silent`, { timeoutMs: 60 })).rejects.toMatchObject({ reason: 'timeout' });
  await expect(get(`${site.url}/endless`)).rejects.toMatchObject({ reason: 'too-large' });
  await expect(get(`${site.url}/half`)).rejects.toMatchObject({ reason: 'broken' });
});

test('a name server that never answers costs no more than the time allowed', async () => {
  const policy: NetworkPolicy = { ...publicInternet, resolve: () => new Promise(() => {}) };
  const refused = fetchPublic('http://slow.example/', { ...usual, timeoutMs: 50, policy });
  await expect(refused).rejects.toMatchObject({ reason: 'timeout' });
});

test('tells a host that is not there from a network that is not there', async () => {
  const failing = (code: string, syscall?: string): NetworkPolicy => ({
    ...publicInternet,
    resolve: () => Promise.reject(Object.assign(new Error(code), { code, syscall })),
  });
  const why = (policy: NetworkPolicy) =>
    fetchPublic('http://a.example/', { ...usual, policy }).catch((e) => e.reason);
  expect(await why(failing('ENOTFOUND'))).toBe('host');
  expect(await why(failing('ETIMEOUT'))).toBe('network');
  expect(await why(failing('ECONNREFUSED', 'queryA'))).toBe('network');
});
