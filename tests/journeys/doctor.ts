/** Everything that `postrider doctor` looks at, set up well on this machine. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CheckedFinding } from '../../src/doctor/check/run-checks.ts';
import { testCertificate } from '../helpers/certificate.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { type DnsServer, startDnsServer } from '../helpers/dns-server.ts';
import { run, start } from '../helpers/processes.ts';
import { freePort } from '../helpers/redis-server.ts';
import { insertNewsletter, insertSubscriber } from '../helpers/rows.ts';
import { startSink } from '../helpers/sink.ts';

export const SECRETS = { secret: 'a secret of at least thirty-two bytes', password: 'hunter22' };
export const READER = 'reader@private.example';
const SENDING = '192.0.2.25';

export interface DoctorReport {
  ok: boolean;
  counts: Record<string, number>;
  findings: CheckedFinding[];
}

export interface World {
  database: TestDatabase;
  names: DnsServer;
  env: Record<string, string>;
  /** `postrider doctor` with the name server and sending address of this world. */
  doctor(...args: string[]): ReturnType<typeof run>;
}

/** A web process behind a TLS proxy, a relay, a database with a newsletter, and a name server. All end with the test. */
export async function setUpWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-doctor-'));
  const database = await createTestDatabase();
  onTestFinished(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  const sink = await startSink({ login: { user: 'news', pass: SECRETS.password } });
  onTestFinished(() => sink.end());
  const newsletter = await insertNewsletter(database.db, {
    slug: 'weekly',
    postal_address: '1 Example Street',
  });
  await insertSubscriber(database.db, READER, newsletter);
  const key = makeKey(folder);
  const names = await startDnsServer(zoneWith(key.record));
  onTestFinished(() => names.close());
  writeFileSync(join(folder, 'ca.pem'), testCertificate().cert);
  const port = await freePort();
  const proxy = await startTlsProxy(port);
  const env = {
    DATABASE_URL: database.url,
    SMTP_URL: `smtp://news:${SECRETS.password}@127.0.0.1:${sink.port}?name=main&dkim=example.org:sel:${key.file}`,
    POSTRIDER_SECRET: SECRETS.secret,
    PUBLIC_URL: `https://localhost:${proxy}`,
    TRUST_PROXY: '1',
    PORT: String(port),
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  };
  await start(['web'], { env }).says(/web started/);
  const options = ['--resolver', names.address, '--address', SENDING];
  return { database, names, env, doctor: (...args) => run(['doctor', ...options, ...args], { env }) };
}

function makeKey(folder: string): { file: string; record: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const file = join(folder, 'key.pem');
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return { file, record: `v=DKIM1; k=rsa; p=${der.toString('base64')}` };
}

const zoneWith = (keyRecord: string) => ({
  'example.org': { TXT: [`v=spf1 ip4:${SENDING} -all`], MX: [[10, 'mail.example.org'] as const] },
  '_dmarc.example.org': { TXT: ['v=DMARC1; p=reject; rua=mailto:dmarc@example.org'] },
  'sel._domainkey.example.org': { TXT: [keyRecord] },
  'mail.example.org': { A: [SENDING] },
  [SENDING]: { PTR: ['mail.example.org'] },
});

/** Adds X-Forwarded-For as every proxy should. */
async function startTlsProxy(port: number): Promise<number> {
  const pass = (from: IncomingMessage, to: ServerResponse) => {
    const forwarded = [from.headers['x-forwarded-for'], '198.51.100.9'].filter(Boolean).join(', ');
    const headers = { ...from.headers, 'x-forwarded-for': forwarded };
    from.pipe(
      request({ host: '127.0.0.1', port, path: from.url, method: from.method, headers }, (answer) => {
        to.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(to);
      }),
    );
  };
  const server = createServer(testCertificate(), pass);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
