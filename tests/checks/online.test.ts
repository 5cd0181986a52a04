import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askOnline, type OnlineLimits } from '../../src/checks/online.ts';
import { publicInternet } from '../../src/io/fetch/network-policy.ts';
import { fetchStatus } from '../../src/io/fetch/status.ts';
import { allowOnly, resolver, startWebSite, type WebSite } from '../helpers/web-site.ts';
import { subjectOf } from './harness.ts';

const LIMITS: OnlineLimits = { maxAddresses: 100, concurrent: 8, concurrentPerHost: 2, timeoutMs: 20_000 };

let site: WebSite;
let [max, now] = [0, 0];
/** `HEAD /head-lies` is refused, `GET` is not: as many servers do. */
beforeAll(async () => {
  site = await startWebSite((request, response) => {
    now += 1;
    max = Math.max(max, now);
    const status = /^\/(\d{3})/.exec(request.url ?? '')?.[1];
    const lies = request.url === '/head-lies' && request.method === 'HEAD';
    response.writeHead(lies ? 405 : Number(status ?? 200), status === '302' ? { location: '/404' } : {});
    // The other connection of this host has the time to come in.
    setImmediate(() => {
      now -= 1;
      response.end('x'.repeat(1_000_000));
    });
  });
});
afterAll(() => site.close());

async function checkOnline(body: string, limits = LIMITS) {
  const progress: number[] = [];
  const messages = await askOnline(
    await subjectOf({ body: body.replaceAll('SITE', site.url) }),
    (address, method, signal) => fetchStatus(address, method, signal, allowOnly(site)),
    (done) => progress.push(done),
    limits,
  );
  return {
    progress,
    messages,
    said: messages.map(({ severity, line, rule }) => `${severity} ${line} ${rule}`),
  };
}

test('a dead link and a dead picture are errors at their line, with the status', async () => {
  const { messages, said } = await checkOnline('[a](SITE/404)\n\n![the pier](SITE/410.png)\n\n[ok](SITE/)');
  expect(said).toEqual(['error 7 link-dead', 'error 9 image-dead']);
  expect(messages[0]?.text).toBe(`the link ${site.url}/404 answers with status 404`);
});

test('what only bots or this minute are refused is doubtful, and no error', async () => {
  const { messages, said } = await checkOnline('[a](SITE/403)\n\n[b](SITE/503)');
  expect(said).toEqual(['warning 7 link-unsure', 'warning 9 link-unsure']);
  expect(messages.map(({ text }) => text.slice(-3))).toEqual(['403', '503']);
});

test('a host that is none is dead, for each of its links', async () => {
  const { said } = await checkOnline(
    `[a](http://gone.test:${site.port}/1)\n\n[b](http://gone.test:${site.port}/2)`,
  );
  expect(said).toEqual(['error 7 link-dead', 'error 9 link-dead']);
});

test('a HEAD that is refused is asked again by GET; redirects are followed to their end', async () => {
  const { said } = await checkOnline('[a](SITE/head-lies)\n\n[b](SITE/302)');
  expect(said).toEqual(['error 9 link-dead']);
});

test('each address is asked once, without its part, two at a time of a host', async () => {
  site.requests.length = 0;
  max = 0;
  const links = Array.from({ length: 12 }, (_, n) => `[x](SITE/p${n}#a) [y](SITE/p${n}#b)`);
  const { said, progress } = await checkOnline(links.join('\n\n'));
  expect(said).toEqual([]);
  expect(site.requests.sort()).toEqual(Array.from({ length: 12 }, (_, n) => `/p${n}`).sort());
  expect(max).toBeLessThanOrEqual(2);
  expect(progress).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
});

test('no more than a bounded number is asked, in bounded time, and the rest is told', async () => {
  const body = Array.from({ length: 9 }, (_, n) => `[x](SITE/q${n})`).join('\n\n');
  site.requests.length = 0;
  const { messages } = await checkOnline(body, { ...LIMITS, maxAddresses: 4 });
  expect(site.requests).toHaveLength(4);
  expect(messages).toMatchObject([
    { rule: 'online-incomplete', text: expect.stringMatching(/^5 addresses/) },
  ]);
  const silent = createServer(() => {});
  await new Promise<void>((up) => silent.listen(0, '127.0.0.1', up));
  const { port } = silent.address() as AddressInfo;
  const policy = { ...allowOnly(site), allowsPort: () => true };
  const late = await askOnline(
    await subjectOf({ body: `[x](http://127.0.0.1:${port}/)` }),
    (address, method, signal) => fetchStatus(address, method, signal, policy),
    () => {},
    { ...LIMITS, timeoutMs: 200 },
  );
  silent.closeAllConnections();
  silent.close();
  expect(late).toMatchObject([{ rule: 'online-incomplete', text: expect.stringMatching(/^1 addresses/) }]);
});

test('nothing of the own network is asked, whatever an issue names', async () => {
  site.requests.length = 0;
  const messages = await askOnline(
    await subjectOf({
      body: `[x](${site.url}/) [y](http://inside.test/) [z](http://169.254.169.254/latest)`,
    }),
    (address, method, signal) =>
      fetchStatus(address, method, signal, {
        ...publicInternet,
        resolve: resolver({ 'inside.test': ['10.0.0.7'] }),
      }),
    () => {},
    LIMITS,
  );
  expect(site.requests).toEqual([]);
  expect(messages).toHaveLength(3);
  expect(new Set(messages.map(({ rule }) => rule))).toEqual(new Set(['link-unsure']));
});
