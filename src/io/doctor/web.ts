/** HTTP for `postrider doctor`: no redirect is followed, and a bad certificate is reported instead of refused. */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { TLSSocket } from 'node:tls';
import { isLocalName, type Web, type WebAnswer, type WebRequest } from '../../doctor/check/situation.ts';
import { absence, type Dns, recordsOf } from '../../doctor/dns/answer.ts';
import { readCertificate } from '../certificate.ts';

const TIMEOUT_MS = 8_000;
const MAX_BODY_BYTES = 64 * 1024;

/** Names are asked of `dns`, except those of this machine. */
export function openDoctorWeb(dns: Dns): Web {
  return {
    async ask(address, { method, headers, body }: WebRequest): Promise<WebAnswer> {
      const url = new URL(address);
      const began = performance.now();
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const request = send(url, {
          method,
          agent: false,
          rejectUnauthorized: false,
          signal: AbortSignal.timeout(TIMEOUT_MS),
          lookup: lookupBy(dns),
          headers: { 'user-agent': 'Postrider doctor', ...headers },
        });
        request.once('response', resolve).once('error', (error) => reject(inWords(error, url)));
        request.end(body);
      });
      const { socket } = response;
      const certificate = socket instanceof TLSSocket ? readCertificate(socket) : null;
      const { statusCode: status = 0, headers: fields } = response;
      const text = await readText(response);
      return { status, headers: fields, body: text, certificate, tookMs: performance.now() - began };
    },
  };
}

/** Node calls it for names only. */
function lookupBy(dns: Dns): LookupFunction {
  return async (host, options, done) => {
    try {
      const found = (await find(dns, host)).map((address) => ({ address, family: isIP(address) }));
      if (options.all) done(null, found);
      else done(null, found[0]!.address, found[0]!.family);
    } catch (error) {
      done(error as Error, []);
    }
  };
}

async function find(dns: Dns, host: string): Promise<string[]> {
  if (isLocalName(host)) return ['127.0.0.1', '::1'];
  const answer = await dns.addresses(host);
  if (answer.kind === 'found') return [...recordsOf(answer)];
  throw new Error(`${host}: ${absence(answer, 'A or AAAA')}`);
}

function inWords(error: NodeJS.ErrnoException, { host }: URL): Error {
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return new Error(`${host} did not answer within ${TIMEOUT_MS / 1_000} s`, { cause: error });
  const [first = error] = error instanceof AggregateError ? (error.errors as Error[]) : [];
  return new Error(first.message || String(error.code), { cause: error });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_BODY_BYTES);
}
