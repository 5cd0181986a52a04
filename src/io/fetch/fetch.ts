/**
 * Fetches URLs that other people wrote, without letting them reach into our own network (SSRF): a name is resolved once,
 * its addresses are checked, and the connection goes to exactly those. Every redirect is checked in the same way.
 */
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { FetchError } from './fetch-error.ts';
import { type NetworkPolicy, publicInternet, resolveAllowed } from './network-policy.ts';

export interface FetchOptions {
  method?: 'GET' | 'HEAD';
  /** A larger body is an error; 0: only the status is wanted, and no body is read. */
  maxBytes: number;
  /** For everything, redirects included. */
  timeoutMs: number;
  /** The `Accept` header. */
  accept?: string;
  signal?: AbortSignal;
  policy?: NetworkPolicy;
  /** Default: 4. */
  maxRedirects?: number;
}

export interface FetchResult {
  /** After the last redirect. */
  url: string;
  /** Any status but a redirect is a result, not an error. */
  status: number;
  body: Buffer;
}

const MAX_REDIRECTS = 4;
const AGENT = 'Postrider (newsletter; https://www.npmjs.com/package/postrider)';

/** Throws FetchError, whose message tells the editor why. */
export async function fetchPublic(address: string, options: FetchOptions): Promise<FetchResult> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
  const { maxRedirects = MAX_REDIRECTS } = options;
  let url = readUrl(address);
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const answer = await unlessAborted(signal, ask(url, options, signal), url);
    if (!('location' in answer)) return { url: url.href, ...answer };
    url = readUrl(answer.location, url);
  }
  throw new FetchError('redirects', `redirects more than ${maxRedirects} times`);
}

function readUrl(address: string, base?: URL): URL {
  if (!URL.canParse(address, base)) throw new FetchError('address', 'is not an address');
  const url = new URL(address, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new FetchError('address', `has the scheme ${url.protocol}; only http and https are allowed`);
  if (url.username !== '' || url.password !== '')
    throw new FetchError('address', 'carries a user or a password');
  return url;
}

type Answer = { status: number; body: Buffer } | { location: string };

async function ask(url: URL, options: FetchOptions, signal: AbortSignal): Promise<Answer> {
  const policy = options.policy ?? publicInternet;
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  if (!policy.allowsPort(port))
    throw new FetchError('closed', `needs port ${port}, but only 80 and 443 are allowed`);
  const addresses = await openAddresses(url, policy);
  const response = await connect(secure ? requestHttps : requestHttp, url, {
    method: options.method ?? 'GET',
    agent: false,
    signal,
    lookup: pinned(addresses),
    headers: { 'user-agent': AGENT, accept: options.accept ?? '*/*', 'accept-encoding': 'identity' },
  });
  try {
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (REDIRECTS.has(status) && location !== undefined) return { location };
    return { status, body: await readBody(response, options) };
  } finally {
    response.destroy();
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

async function openAddresses(url: URL, policy: NetworkPolicy): Promise<string[]> {
  const { all, open } = await resolveAllowed(url.hostname, policy).catch((error: NodeJS.ErrnoException) => {
    throw FetchError.fromConnection(url.hostname, error);
  });
  if (open.length > 0) return open;
  if (all.length === 0) throw new FetchError('host', `is on ${url.hostname}, which has no address`);
  throw new FetchError('closed', `is on ${url.hostname} (${all[0]}), which is not on the public internet`);
}

/** Answers with the addresses that were checked, whatever the name server says by now (DNS rebinding). */
function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) =>
    options.all ? done(null, found) : done(null, found[0]!.address, found[0]!.family);
}

function connect(request: typeof requestHttp, url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, options, resolve)
      .on('error', (error: NodeJS.ErrnoException) => reject(FetchError.fromConnection(url.hostname, error)))
      .end();
  });
}

async function readBody(response: IncomingMessage, { method, maxBytes }: FetchOptions): Promise<Buffer> {
  if (maxBytes === 0) return Buffer.alloc(0);
  const tooLarge = () => new FetchError('too-large', `has more than ${maxBytes} bytes`);
  if (method !== 'HEAD' && Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof FetchError) throw error;
    throw new FetchError('broken', 'ended in the middle', { cause: error });
  }
  return Buffer.concat(chunks);
}

/** The query to a silent name server cannot be cancelled: its answer is ignored. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>, url: URL): Promise<T> {
  const late = () => new FetchError('timeout', `is on ${url.hostname}, which did not answer in time`);
  if (signal.aborted) throw late();
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(late());
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
