/** `doctor`, PUBLIC_URL: our own web role behind real proxies, good ones and bad ones. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NotChecked } from '../../../src/doctor/check/check.ts';
import type { Situation } from '../../../src/doctor/check/situation.ts';
import { clientAddressCheck } from '../../../src/doctor/web/client-address.ts';
import { oneClickCheck } from '../../../src/doctor/web/one-click.ts';
import { publicUrlCheck } from '../../../src/doctor/web/public-url.ts';
import { doctorToken } from '../../../src/doctor/web/token.ts';
import { buildServer } from '../../../src/http/server/server.ts';
import { openDns } from '../../../src/io/doctor/dns.ts';
import { testCertificate } from '../../helpers/certificate.ts';
import { type DnsServer, startDnsServer } from '../../helpers/dns-server.ts';
import { openWeb, type Web } from '../../http/harness.ts';
import { only, said, settings, situationWith } from '../fixtures.ts';

let web: Web;
let names: DnsServer;
const open: { close(): unknown }[] = [];
beforeAll(async () => {
  web = await openWeb();
  names = await startDnsServer({ 'news.example.org': { A: ['127.0.0.1'] } });
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
afterAll(async () => {
  names.close();
  await web.close();
});

/** The web role with this TRUST_PROXY; returns its port. */
async function startWebRole(trustProxy: Situation['settings']['trustProxy'] = false): Promise<number> {
  const app: FastifyInstance = buildServer({ ...web.parts, trustProxy });
  await app.listen({ port: 0, host: '127.0.0.1' });
  open.push(app);
  return (app.server.address() as AddressInfo).port;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push({ close: () => server.close() });
  return (server.address() as AddressInfo).port;
}

type Headers = (headers: IncomingMessage['headers'], peer: string) => IncomingMessage['headers'];

/** As a proxy does by default: it adds the address that it sees. */
const adding: Headers = (headers, peer) => ({
  ...headers,
  'x-forwarded-for': [headers['x-forwarded-for'], peer].filter(Boolean).join(', '),
});

/** A proxy in front of `port`, with our test certificate if it is to speak TLS. */
async function startProxy(
  port: number,
  change: Headers,
  tls = false,
  peer = '198.51.100.9',
): Promise<number> {
  const pass = (from: IncomingMessage, to: ServerResponse) => {
    const headers = change(from.headers, peer);
    from.pipe(
      request({ host: '127.0.0.1', port, path: from.url, method: from.method, headers }, (answer) => {
        to.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(to);
      }),
    );
  };
  return listening(tls ? createTlsServer(testCertificate(), pass) : createServer(pass));
}

const at = (publicUrl: string, trustProxy: Situation['settings']['trustProxy'] = false): Situation =>
  situationWith({
    dns: openDns([names.address]),
    keys: web.parts.keys,
    settings: { ...settings, publicUrl, trustProxy },
  });
const plain = (port: number, trustProxy: Situation['settings']['trustProxy'] = false) =>
  at(`http://news.example.org:${port}`, trustProxy);

/** A server that always answers this. */
const answering = (status: number, headers: Record<string, string> = {}) =>
  listening(createServer((_, reply) => reply.writeHead(status, headers).end('hello')));

describe('PUBLIC_URL', () => {
  test('is asked at the address that the given name server tells, which has to be public', async () => {
    const found = await publicUrlCheck.run(plain(await startWebRole()));
    expect(found.map(({ level, found: what }) => `${level}: ${what.replace(/\d+ ms/, 'N ms')}`)).toEqual([
      'error: 127.0.0.1, which is not on the public internet',
      'ok: yes, in N ms, asked from this machine',
    ]);
  });

  test.each([
    [301, /^a redirect to https:\/\/www/],
    [200, /^status 200, which is not from Postrider/],
    [502, /^status 502/],
  ])('that answers %i is not us', async (status, found) => {
    const port = await answering(status, { location: 'https://www.example.org/' });
    expect((await publicUrlCheck.run(plain(port))).at(-1)).toMatchObject({
      level: 'error',
      found: expect.stringMatching(found),
    });
  });

  test('where nobody listens, and a name that does not exist', async () => {
    expect((await publicUrlCheck.run(plain(1))).at(-1)!.found).toMatch(/ECONNREFUSED/);
    expect((await publicUrlCheck.run(at('http://gone.example.org'))).map(({ found }) => found)).toEqual([
      'no such name in the DNS (NXDOMAIN)',
      'gone.example.org: no such name in the DNS (NXDOMAIN)',
    ]);
  });

  test('with a certificate for another name, or of nobody: an error that names it', async () => {
    const port = await startProxy(await startWebRole(), adding, true);
    const found = await said(publicUrlCheck, at(`https://news.example.org:${port}`));
    expect(found[1]).toMatch(
      /^error: (?:one for another name|a self-signed one); it is for localhost, 127\.0\.0\.1/,
    );
    expect(found[2]).toMatch(/^ok: /);
  });
});

describe('one-click unsubscribe', () => {
  test('reaches us in both encodings', async () => {
    expect(await said(oneClickCheck, plain(await startWebRole()))).toEqual([
      'ok: 404 for a link of nobody',
      'ok: 404 for a link of nobody',
    ]);
  });

  test.each([
    [302, { location: '/login' }, /^a redirect to \/login/],
    [404, {}, /^status 404, which is not from Postrider/],
    [403, {}, /^status 403, from something in front of Postrider/],
    [200, { 'set-cookie': 'a=b' }, /^a cookie/],
    [503, {}, /^status 503/],
  ])('answered with %i and %j is an error', async (status, headers, found) => {
    const [finding] = await oneClickCheck.run(plain(await answering(status, headers)));
    expect(finding).toMatchObject({ level: 'error', found: expect.stringMatching(found) });
  });

  test('where nobody listens says so once, in public-url', async () => {
    await expect(oneClickCheck.run(plain(1))).rejects.toThrow(NotChecked);
  });
});

describe('the client address', () => {
  const behind = async (
    proxies: number,
    trustProxy: Situation['settings']['trustProxy'],
    change = adding,
  ) => {
    let port = await startWebRole(trustProxy);
    // From the inside out: the last one sees the client.
    for (let n = 1; n <= proxies; n++) port = await startProxy(port, change, false, `198.51.100.${n}`);
    return plain(port, trustProxy);
  };

  test.each([
    [0, false],
    [1, 1],
    [2, 2],
    [1, ['loopback']],
  ] as const)('behind %i proxies with TRUST_PROXY=%s is right', async (proxies, trust) => {
    expect((await said(clientAddressCheck, await behind(proxies, trust)))[0]).toMatch(
      /^ok: the client's own address arrives/,
    );
  });

  test.each([
    [1, false, /^all readers seem to come from 127\.0\.0\.1, a proxy/, /^set TRUST_PROXY=1 /],
    [2, 1, /^all readers seem to come from 198\.51\.100\.1, a proxy/, /^set TRUST_PROXY=2 /],
    [1, 2, /^a forged address was believed/, /^set TRUST_PROXY=1 /],
    [0, 1, /^a forged address was believed/, /^unset TRUST_PROXY/],
  ] as const)('behind %i proxies with TRUST_PROXY=%s is wrong', async (proxies, trust, found, change) => {
    expect(await only(clientAddressCheck, await behind(proxies, trust), 'error')).toMatchObject({
      found: expect.stringMatching(found),
      change: expect.stringMatching(change),
    });
  });

  test('behind a proxy that replaces the header is right too', async () => {
    const replacing: Headers = (headers, peer) => ({ ...headers, 'x-forwarded-for': peer });
    expect((await said(clientAddressCheck, await behind(1, 1, replacing)))[0]).toMatch(
      /^ok: the client's own address arrives/,
    );
  });

  test('over https without any forwarded header: the proxy has to send it', async () => {
    const silent: Headers = (headers) => headers;
    const port = await startProxy(await startWebRole(), silent, true);
    const finding = await only(clientAddressCheck, at(`https://news.example.org:${port}`), 'error');
    expect(finding.found).toMatch(/adds nothing to X-Forwarded-For/);
  });

  test('is not checked where another installation answers', async () => {
    await expect(clientAddressCheck.run(plain(await answering(404)))).rejects.toThrow(NotChecked);
  });
});

describe('POST /doctor/:token', () => {
  const post = (token: string) => web.app.inject({ method: 'POST', url: `/doctor/${token}` });
  const now = () => web.parts.clock.now();

  test('answers its own doctor, and nobody else', async () => {
    expect((await post(doctorToken(web.parts.keys, now()))).json()).toMatchObject({ forwarded: [] });
    const past = new Date(now().getTime() - 6 * 60_000);
    for (const token of ['x', doctorToken(web.parts.keys, past), `${doctorToken(web.parts.keys, now())}x`])
      expect((await post(token)).statusCode).toBe(404);
  });
});
