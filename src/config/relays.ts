/** Parses SMTP_URL into relays. Faults name a relay by its position and host, never by its user or password. */
import { BlockList, isIP } from 'node:net';
import { mayBeUnsigned } from '../delivery/relay/dkim/signed-fields.ts';
import { noLimits } from '../ledger/relays/terms.ts';
import type { AuthMechanism, DkimKey, RelayAuth, RelaySettings } from '../ports.ts';
import { BadValue } from './reader.ts';
import { applyProfile } from './relay-profile.ts';
import { readTerm, termNames } from './relay-terms.ts';
import { dkimKeyFile, oneOf, urlOf, wholeNumber, withoutCredentials } from './values.ts';

const MAX_POOL = 1_000;
const MAX_IDLE_SECONDS = 600;
/** Header fields that Postrider writes itself, or that would change who receives or signs a message. */
const OWN_HEADERS =
  /^(from|to|cc|bcc|sender|reply-to|subject|date|message-id|return-path|received|dkim-signature|mime-version|feedback-id|auto-submitted|x-postrider-id|content-.*|list-.*|resent-.*|arc-.*)$/i;

/** One or more URLs separated by spaces; the first is the default relay. Reports every fault of every relay. */
export function parseRelays(text: string): RelaySettings[] {
  const faults: string[] = [];
  const relays: RelaySettings[] = [];
  text.split(/\s+/).forEach((part, at) => {
    try {
      relays.push(parseRelay(part));
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      faults.push(`relay ${at + 1}: ${error.message}`);
    }
  });
  for (const relay of relays.filter((r, at) => relays.findIndex((other) => other.name === r.name) !== at))
    faults.push(`expected every relay to have a name of its own, found "${relay.name}" twice (set ?name=)`);
  if (faults.length > 0) throw new BadValue(faults.join('; '));
  return relays;
}

function parseRelay(text: string): RelaySettings {
  const url = urlOf(text, ['smtp', 'smtps']);
  if (url.pathname.length > 1 || url.hash)
    throw new BadValue(`expected nothing after the host but ?options, found ${withoutCredentials(url)}`);
  const secure = url.protocol === 'smtps:';
  const options = readOptions(url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const user = decoded(url.username);
  const relay: RelaySettings = {
    name: url.hostname,
    host,
    port: url.port ? Number(url.port) : secure ? 465 : 587,
    secure,
    user,
    pass: decoded(url.password),
    ...noLimits,
    pool: 10,
    // Opportunistic TLS checks no certificate, so a man in the middle could read the password.
    tls: secure || (user !== null && !isThisMachine(host)) ? 'required' : 'opportunistic',
    for: 'all',
    headers: headersOf(options),
    dkim: [],
    unsigned: [],
  };
  for (const [key, value] of options) setOption(relay, key, value);
  applyOption(relay, 'profile', () => applyProfile(relay, options));
  if (relay.auth && user === null)
    throw new BadValue(`option auth of ${relay.host}: expected a user in the URL to log in, found none`);
  return relay;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** RFC 6761 6.3: `localhost` and all names below it are this machine. */
function isThisMachine(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return /^(.+\.)?localhost\.?$/i.test(host);
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function readOptions(url: URL): Map<string, string> {
  const options = new Map<string, string>();
  for (const [key, value] of url.searchParams) {
    if (options.has(key)) throw new BadValue(`expected option ${key} once, found it twice for ${url.host}`);
    options.set(key, value);
  }
  return options;
}

function setOption(relay: RelaySettings, key: string, value: string): void {
  if (key.startsWith('header.')) return;
  const set = Object.hasOwn(setters, key) ? setters[key] : undefined;
  if (!set)
    throw new BadValue(
      `expected the options ${Object.keys(setters).join(', ')} or header.X-Name, found "${key}" for ${relay.host}`,
    );
  applyOption(relay, key, () => set(relay, value));
}

function applyOption(relay: RelaySettings, key: string, apply: () => void): void {
  try {
    apply();
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    throw new BadValue(`option ${key} of ${relay.host}: ${error.message}`, { cause: error });
  }
}

const setters: Readonly<Record<string, (relay: RelaySettings, value: string) => void>> = {
  name: (relay, value) => {
    if (!/^[\w][\w.-]{0,63}$/.test(value))
      throw new BadValue(`expected up to 64 letters, digits, ".", "_" and "-", found "${value}"`);
    relay.name = value;
  },
  pool: (relay, value) => {
    relay.pool = wholeNumber('a number of connections', 1, MAX_POOL)(value);
  },
  ...Object.fromEntries(
    termNames.map((name) => [
      name,
      (relay: RelaySettings, value: string) => void Object.assign(relay, readTerm(name, value)),
    ]),
  ),
  tls: (relay, value) => {
    relay.tls = oneOf(['required', 'opportunistic'])(value);
    if (relay.secure && relay.tls !== 'required')
      throw new BadValue('expected required, since smtps:// is TLS from the start, found "opportunistic"');
  },
  helo: (relay, value) => {
    if (!isHostName(value) && !isAddressLiteral(value))
      throw new BadValue(
        `expected a host name such as mail.example.org, or an address literal such as [192.0.2.1], found "${value}"`,
      );
    relay.helo = value;
  },
  auth: (relay, value) => {
    relay.auth = parseAuth(value);
  },
  dkim: (relay, value) => {
    relay.dkim = value.split(',').map(parseDkim);
  },
  unsigned: (relay, value) => {
    const names = value.toLowerCase().split(',');
    const wrong = names.find((name) => !mayBeUnsigned.includes(name));
    if (wrong !== undefined)
      throw new BadValue(`expected fields out of ${mayBeUnsigned.join(', ')}, found "${wrong}"`);
    relay.unsigned = names;
  },
  idle: (relay, value) => {
    relay.idleMs = wholeNumber('seconds', 1, MAX_IDLE_SECONDS)(value) * 1_000;
  },
  /** Applied after all others, which count more. */
  profile: () => {},
  for: (relay, value) => {
    relay.for = oneOf(['issues', 'service', 'all'])(value);
  },
};

const MECHANISMS: Readonly<Record<string, AuthMechanism>> = {
  plain: 'PLAIN',
  login: 'LOGIN',
  'cram-md5': 'CRAM-MD5',
};

/** A mechanism, or `xoauth2:/path` with the path of a file in which another program keeps an access token. */
function parseAuth(text: string): RelayAuth {
  const [, tokenFile] = /^xoauth2:(.+)$/i.exec(text) ?? [];
  if (tokenFile) return { mechanism: 'XOAUTH2', tokenFile };
  const name = text.toLowerCase();
  const mechanism = Object.hasOwn(MECHANISMS, name) ? MECHANISMS[name] : undefined;
  if (!mechanism)
    throw new BadValue(
      `expected ${Object.keys(MECHANISMS).join(', ')} or xoauth2:/path/of/token, found "${text}"`,
    );
  return { mechanism };
}

/** RFC 5321 4.1.2 `Domain`, of at most 255 octets. */
const isHostName = (text: string): boolean =>
  text.length <= 255 &&
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(text) &&
  isIP(text) === 0;

/** RFC 5321 4.1.3. */
function isAddressLiteral(text: string): boolean {
  const [, six, address = ''] = /^\[(IPv6:)?([0-9a-f.:]+)\]$/i.exec(text) ?? [];
  return isIP(address) === (six ? 6 : 4);
}

/** `domain:selector:/path.pem`; the path may contain colons. */
function parseDkim(text: string): DkimKey {
  const [, domain, selector, path] = /^([\w.-]+):([\w.-]+):(.+)$/.exec(text) ?? [];
  if (!domain || !selector || !path)
    throw new BadValue(`expected domain:selector:/path.pem, found "${text}"`);
  return { domain, selector, keyFile: dkimKeyFile(path) };
}

function headersOf(options: ReadonlyMap<string, string>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [key, value] of options) {
    if (!key.startsWith('header.')) continue;
    const name = key.slice('header.'.length);
    if (!/^[A-Za-z][A-Za-z0-9-]{0,75}$/.test(name) || OWN_HEADERS.test(name))
      throw new BadValue(
        `expected a header such as header.X-Tag that Postrider does not write, found "${key}"`,
      );
    if (!/^[\x20-\x7e]{1,500}$/.test(value))
      throw new BadValue(`expected ${key} to be 1 to 500 printable ASCII characters, found something else`);
    headers[name] = value;
  }
  return headers;
}

function decoded(part: string): string | null {
  if (part === '') return null;
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new BadValue('expected user and password percent-encoded, found a lone % (write %25)', { cause });
  }
}
