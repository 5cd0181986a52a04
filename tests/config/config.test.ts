import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLE_SECRET, readConfig, settings } from '../../src/config/config.ts';
import { BadSettings } from '../../src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'postrider-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECRET = 'a-secret-that-is-long-enough-for-all';
const production = {
  NODE_ENV: 'production',
  SMTP_URL: 'smtp://relay.example.org',
  PUBLIC_URL: 'https://news.example.org/letters/',
  POSTRIDER_SECRET: SECRET,
};

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof BadSettings) return error.faults;
    throw error;
  }
  return [];
}

describe('with no settings', () => {
  const config = readConfig({});

  it('runs the embedded way with the times of the design', () => {
    expect(config).toMatchObject({
      way: 'embedded',
      databaseUrl: null,
      relays: [],
      secrets: null,
      port: 3000,
    });
    expect(config.publicUrl).toBe('http://localhost:3000');
    expect(config.times).toEqual({
      heartbeatMs: 5_000,
      leaseMs: 30_000,
      sweepMs: 10_000,
      retryMs: [10_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000],
      dotMs: 600_000,
      drainMs: 30_000,
      markFreshMs: 2_000,
      expireMs: 172_800_000,
      holdMs: 600_000,
      growMs: 60_000,
      backoffMs: 60_000,
    });
  });

  it('is frozen all the way down', () => {
    const { relays, times } = readConfig({ SMTP_URL: 'smtp://relay.example.org' });
    for (const part of [config, config.times, times.retryMs, relays, relays[0], relays[0]?.headers])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it('counts an empty value as unset', () => {
    expect(readConfig({ DATABASE_URL: '', SMTP_URL: '  ', PORT: '', PORT_FILE: '' })).toEqual(config);
  });

  it('listens only on this machine', () => {
    expect(config.host).toBe('127.0.0.1');
    expect(readConfig(production).host).toBe('127.0.0.1');
  });
});

describe('the three ways', () => {
  const DATABASE_URL = 'postgres://user:pass@db/postrider';

  it('follow from DATABASE_URL and REDIS_URL', () => {
    expect(readConfig({ DATABASE_URL }).way).toBe('database');
    expect(readConfig({ DATABASE_URL, REDIS_URL: 'redis://cache' }).way).toBe('full');
  });

  it('have none with a queue and no database', () => {
    expect(faultsOf({ REDIS_URL: 'redis://cache' })).toEqual([
      'DATABASE_URL: expected a database beside REDIS_URL, found none',
    ]);
  });

  it('take a database behind a socket', () => {
    expect(faultsOf({ DATABASE_URL: 'postgres:///postrider?host=/run/postgresql' })).toEqual([]);
  });
});

describe('NAME_FILE', () => {
  it('is read in place of the value, without its final newline', () => {
    expect(readConfig({ POSTRIDER_SECRET_FILE: file('secret', `${SECRET}\n`) }).secrets).toEqual([SECRET]);
  });

  it('works for every setting', () => {
    for (const { name } of settings)
      expect(faultsOf({ [`${name}_FILE`]: join(folder, 'absent') })[0]).toMatch(
        `${name}: expected ${name}_FILE to name a readable file with a value, found "${folder}/absent" (ENOENT)`,
      );
  });

  it('is a fault beside the value itself, and when it is empty', () => {
    const PORT_FILE = file('port', '3001');
    expect(faultsOf({ PORT: '3000', PORT_FILE })).toEqual([
      'PORT: expected either PORT or PORT_FILE, found both',
    ]);
    expect(faultsOf({ PORT_FILE: file('empty', '\n') })[0]).toMatch('to be empty');
  });
});

describe('faults', () => {
  it('are told all at once, each with its variable, what was expected and what was found', () => {
    const faults = faultsOf({
      PORT: 'x',
      METRICS_PORT: '70000',
      LOG_LEVEL: 'loud',
      TRUST_PROXY: 'everyone',
      EMAILS_DIR: join(folder, 'absent'),
      BOUNCE_DOMAIN: 'not a domain',
      MEDIA_URL: 'ftp://cdn.example.org',
      HOST: 'a b',
    });
    expect(faults).toEqual([
      'PORT: expected a port from 0 to 65535, found "x"',
      'MEDIA_URL: expected a URL that starts with http:// or https://, found one that starts with ftp:',
      `EMAILS_DIR: expected an existing folder, found "${folder}/absent"`,
      'TRUST_PROXY: expected a number of proxies, or addresses or CIDRs, found "everyone"',
      'BOUNCE_DOMAIN: expected a domain such as bounces.example.org, found "not a domain"',
      'HOST: expected an address or a host name to listen on, found "a b"',
      'METRICS_PORT: expected a port from 0 to 65535, found "70000"',
      'LOG_LEVEL: expected fatal, error, warn, info, debug or silent, found "loud"',
    ]);
  });

  it.each([
    ['a database', { DATABASE_URL: 'mysql://user:hunter22@db' }],
    ['a text that is no URL', { DATABASE_URL: 'postgres://user:hunter22@db:port/x' }],
    ['a queue', { REDIS_URL: 'http://:hunter22@cache' }],
    ['a relay', { SMTP_URL: 'smtp://user:hunter22@relay?unknown=1' }],
    ['a relay without its scheme', { SMTP_URL: 'user:hunter22@relay' }],
    ['a public URL', { PUBLIC_URL: 'https://user:hunter22@news.example.org' }],
    ['a secret', { POSTRIDER_SECRET: 'hunter22' }],
    ['a mailbox', { FEEDBACK_IMAP_URL: 'pop3://user:hunter22@mail' }],
  ])('of %s never print what is secret', (_, env) => {
    expect(faultsOf(env)).not.toEqual([]);
    expect(faultsOf(env).join()).not.toMatch('hunter22');
  });
});

describe('NODE_ENV=production', () => {
  it('needs a relay, a public URL and a secret', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'SMTP_URL: expected a value, since NODE_ENV is production, found none',
      'PUBLIC_URL: expected a value, since NODE_ENV is production, found none',
      'POSTRIDER_SECRET: expected a value, since NODE_ENV is production, found none',
    ]);
    expect(readConfig(production).publicUrl).toBe('https://news.example.org/letters');
  });

  it('needs https', () => {
    expect(faultsOf({ ...production, PUBLIC_URL: 'http://news.example.org' })).toEqual([
      'PUBLIC_URL: expected a URL that starts with https://, found one that starts with http:',
    ]);
  });

  it('refuses the secret of the example', () => {
    expect(readFileSync('.env.example', 'utf8')).toMatch(`\nPOSTRIDER_SECRET=${EXAMPLE_SECRET}\n`);
    expect(faultsOf({ ...production, POSTRIDER_SECRET: EXAMPLE_SECRET })[0]).toMatch(
      'found the one of the example',
    );
  });
});

describe('POSTRIDER_SECRET', () => {
  it('may be several, newest first', () => {
    expect(readConfig({ POSTRIDER_SECRET: `new-${SECRET}, ${SECRET}` }).secrets).toEqual([
      `new-${SECRET}`,
      SECRET,
    ]);
  });

  it('has at least 32 bytes each, and none twice', () => {
    expect(faultsOf({ POSTRIDER_SECRET: `${SECRET},short` })).toEqual([
      'POSTRIDER_SECRET: expected at least 32 bytes, found secret 2 with 5',
    ]);
    expect(faultsOf({ POSTRIDER_SECRET: `${SECRET},${SECRET}` })[0]).toMatch('twice');
  });

  it.each([
    'x'.repeat(32),
    'ab'.repeat(20),
    'password'.repeat(5),
    '0123456789'.repeat(4),
    'zyxwvutsrqponmlkjihgfedcba987654',
  ])(
    'that is 32 equal letters, or repeats itself otherwise (%s), is refused without being shown',
    (secret) => {
      const [fault] = faultsOf({ POSTRIDER_SECRET: `${SECRET},${secret}` });
      expect(fault).toMatch(/nobody can guess .*openssl rand -base64 48.*secret 2/);
      expect(fault).not.toContain(secret);
    },
  );

  it('that was drawn is taken, in whatever alphabet', () => {
    for (let n = 0; n < 200; n++)
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        expect(readConfig({ POSTRIDER_SECRET: randomBytes(24).toString(encoding) }).secrets).toHaveLength(1);
  });

  it('forgotten keys are named by their ids', () => {
    expect(readConfig({ POSTRIDER_FORGET_KEYS: 'Ab3x, _-9z' }).forgetKeys).toEqual(['Ab3x', '_-9z']);
    expect(faultsOf({ POSTRIDER_FORGET_KEYS: SECRET })[0]).toMatch(
      /^POSTRIDER_FORGET_KEYS: expected key ids of 4/,
    );
    expect(faultsOf({ POSTRIDER_FORGET_KEYS: SECRET })[0]).not.toContain(SECRET);
  });
});

describe('SMTP_URL', () => {
  const relayWith = (query: string) =>
    readConfig({ SMTP_URL: `smtp://news:secret@mail.example.org?${query}` }).relays[0];
  const faultWith = (query: string, user = 'news:secret@') =>
    faultsOf({ SMTP_URL: `smtp://${user}mail.example.org?${query}` })[0];

  it.each(['mail.example.org', '[192.0.2.1]', '[IPv6:2001:db8::1]'])('takes helo=%s as our name', (name) => {
    expect(relayWith(`helo=${name}`)).toMatchObject({ helo: name });
  });

  it.each(['', 'a%20b', '192.0.2.1', '[192.0.2.1', '[mail]', 'mail..org', '-mail.org', 'x%0D%0ARSET'])(
    'refuses helo=%s',
    (name) => {
      expect(faultWith(`helo=${name}`)).toMatch(/option helo of mail\.example\.org: expected a host name/);
    },
  );

  it('chooses a mechanism with auth=, and takes the token of XOAUTH2 from a file', () => {
    expect(relayWith('auth=login')).toMatchObject({ auth: { mechanism: 'LOGIN' } });
    expect(relayWith('auth=CRAM-MD5')).toMatchObject({ auth: { mechanism: 'CRAM-MD5' } });
    expect(relayWith('auth=xoauth2:/run/secrets/token')).toMatchObject({
      auth: { mechanism: 'XOAUTH2', tokenFile: '/run/secrets/token' },
    });
    expect(faultWith('auth=xoauth2')).toMatch('expected plain, login, cram-md5 or xoauth2:/path/of/token');
    expect(faultWith('auth=constructor')).toMatch('expected plain, login, cram-md5');
    expect(faultWith('auth=plain', '')).toMatch('option auth of mail.example.org: expected a user');
  });

  it('gives one relay per URL, the first the default, with defaults that follow from the scheme', () => {
    const { relays } = readConfig({
      SMTP_URL:
        'smtp://news%40example.org:p%2Fw@mail.example.org smtps://key@mail.example.net:2465?name=bulk',
    });
    expect(relays).toEqual([
      {
        name: 'mail.example.org',
        host: 'mail.example.org',
        port: 587,
        secure: false,
        user: 'news@example.org',
        pass: 'p/w',
        pool: 10,
        rate: 0,
        minute: 0,
        hour: 0,
        day: 0,
        connections: 0,
        messages: 0,
        weight: 1,
        direct: false,
        tls: 'required',
        for: 'all',
        headers: {},
        dkim: [],
        unsigned: [],
      },
      expect.objectContaining({ name: 'bulk', port: 2465, secure: true, tls: 'required', pass: null }),
    ]);
  });

  it.each([
    ['smtp://u:p@mail.example.org', 'required'],
    ['smtp://u@10.0.0.1', 'required'],
    ['smtp://u@[2001:db8::1]', 'required'],
    ['smtp://u@localhost.example.org', 'required'],
    ['smtp://u:p@mail.example.org?tls=opportunistic', 'opportunistic'],
    ['smtp://mail.example.org', 'opportunistic'],
    ['smtp://u:p@localhost:1025', 'opportunistic'],
    ['smtp://u:p@127.0.0.2', 'opportunistic'],
    ['smtp://u:p@[::1]', 'opportunistic'],
    ['smtp://u:p@localhost?tls=required', 'required'],
  ])('shows a password only over TLS, except to this machine: %s', (SMTP_URL, tls) =>
    expect(readConfig({ SMTP_URL }).relays[0]?.tls).toBe(tls),
  );

  it.each([
    [
      'an elliptic curve that is none of DKIM',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      'type ec in',
    ],
    [
      'an RSA key that is too short',
      generateKeyPairSync('rsa', { modulusLength: 768 }),
      'type rsa with 768 bits in',
    ],
    [
      'a key for PSS',
      generateKeyPairSync('rsa-pss', { modulusLength: 1_024 }),
      'type rsa-pss with 1024 bits in',
    ],
  ])('refuses to sign with %s', (_, { privateKey }, found) => {
    const key = file('bad.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(faultsOf({ SMTP_URL: `smtp://h?dkim=example.org:s:${key}` })).toEqual([
      `SMTP_URL: relay 1: option dkim of h: expected an RSA key of at least 1024 bits or an Ed25519 key, found one of ${found} "${key}"`,
    ]);
  });

  it('signs with an RSA key of 1024 bits', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const key = file('rsa.pem', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
    expect(faultsOf({ SMTP_URL: `smtp://h?dkim=example.org:s:${key}` })).toEqual([]);
  });

  it('takes every option', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = file('dkim.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const limits = 'minute=60&hour=1000&day=20000&connections=8&messages=100&weight=3&direct=yes';
    const options = `name=a&pool=50&rate=2.5&${limits}&tls=required&for=issues&header.X-SES-CONFIGURATION-SET=one+two&dkim=example.org:s1:${key}`;
    expect(readConfig({ SMTP_URL: `smtp://h?${options}` }).relays[0]).toMatchObject({
      name: 'a',
      pool: 50,
      rate: 2.5,
      minute: 60,
      hour: 1_000,
      day: 20_000,
      connections: 8,
      messages: 100,
      weight: 3,
      direct: true,
      tls: 'required',
      for: 'issues',
      headers: { 'X-SES-CONFIGURATION-SET': 'one two' },
      dkim: [{ domain: 'example.org', selector: 's1', keyFile: key }],
    });
  });

  it.each([
    ['an unknown option', 'smtp://h?pol=3', 'found "pol" for h'],
    ['an option twice', 'smtp://h?pool=3&pool=4', 'found it twice'],
    ['a pool of none', 'smtp://h?pool=0', 'option pool of h: expected a number of connections from 1'],
    ['a rate that is no number', 'smtp://h?rate=fast', 'option rate of h'],
    ['a limit that is no number', 'smtp://h?hour=1k', 'option hour of h: expected messages per hour'],
    ['no weight', 'smtp://h?weight=0', 'option weight of h: expected a weight from 1 to 1000, found "0"'],
    ['neither yes nor no', 'smtp://h?direct=1', 'option direct of h: expected yes or no'],
    ['smtps without TLS', 'smtps://h?tls=opportunistic', 'TLS from the start'],
    ['a header that Postrider writes', 'smtp://h?header.List-Unsubscribe=x', 'does not write'],
    ['a header value with a line break', 'smtp://h?header.X-A=a%0d%0aBcc:x', 'printable ASCII'],
    ['a key file that is not there', 'smtp://h?dkim=example.org:s:/absent.pem', 'private key in PEM'],
    ['a path', 'smtp://h/inbox', 'nothing after the host'],
    ['a lone percent sign', 'smtp://u:50%@h', 'percent-encoded'],
    ['the same name twice', 'smtp://h smtp://h:2525', 'found "h" twice'],
    ['a second relay with a fault', 'smtp://h http://i', 'relay 2: expected a URL'],
  ])('refuses %s', (_, SMTP_URL, text) => {
    expect(faultsOf({ SMTP_URL })).toHaveLength(1);
    expect(faultsOf({ SMTP_URL })[0]).toMatch(text);
  });
});

describe('TRUST_PROXY', () => {
  it.each([
    ['2', 2],
    ['0', false],
    ['10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
    ['loopback', ['loopback']],
  ])('%s', (text, value) => expect(readConfig({ TRUST_PROXY: text }).trustProxy).toEqual(value));
});

describe('POSTRIDER_TIMES', () => {
  it('changes the times it names and leaves the others', () => {
    const { times } = readConfig({
      POSTRIDER_TIMES: 'heartbeat=50ms lease=1.5s fresh=1s retry=10ms,1m expire=2d',
    });
    expect(times).toEqual({
      ...readConfig({}).times,
      heartbeatMs: 50,
      leaseMs: 1_500,
      markFreshMs: 1_000,
      retryMs: [10, 60_000],
      expireMs: 172_800_000,
      holdMs: 600_000,
      growMs: 60_000,
      backoffMs: 60_000,
    });
  });

  it.each([
    'lease=30',
    'leese=30s',
    'retry=1s,',
    'dot=0s',
    'lease=1s heartbeat=1s fresh=1ms',
    'lease=10s fresh=10s',
    'constructor=1s',
  ])('refuses %s', (text) => expect(faultsOf({ POSTRIDER_TIMES: text })).toHaveLength(1));
});
