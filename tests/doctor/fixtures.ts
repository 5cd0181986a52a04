/** A situation for the checks: a real name server and real keys, with a newsletter and relays that need no database. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Newsletter } from '../../src/audience/newsletters/newsletter.ts';
import { type Check, type Finding, NotChecked } from '../../src/doctor/check/check.ts';
import type { Situation } from '../../src/doctor/check/situation.ts';
import { systemClock } from '../../src/io/clock.ts';
import { openDns } from '../../src/io/doctor/dns.ts';
import { publicKeyOf, signFor } from '../../src/io/doctor/machine.ts';
import { openDoctorWeb } from '../../src/io/doctor/web.ts';
import type { DkimKey, Relay, RelaySettings } from '../../src/ports.ts';
import { keys } from '../consent/fixtures.ts';
import { type DnsServer, startDnsServer, type Zone } from '../helpers/dns-server.ts';
import { relaySettings } from '../helpers/relay-settings.ts';

/** A name server for the tests of one file; each test gives it its zone. */
export function useNameServer() {
  let server: DnsServer;
  beforeAll(async () => {
    server = await startDnsServer({});
  });
  afterAll(() => server.close());
  return {
    server: () => server,
    /** A situation with this zone. Its answers are not kept from test to test. */
    situation(zone: Zone, more: Partial<Situation> = {}): Situation {
      server.zone = zone;
      server.queries.length = 0;
      return situationWith({ dns: openDns([server.address]), ...more });
    },
  };
}

export function situationWith(more: Partial<Situation>): Situation {
  const dns = more.dns ?? openDns(['127.0.0.1:1']);
  return {
    settings,
    newsletters: async () => [newsletter()],
    db: () => {
      throw new NotChecked('no database here');
    },
    relays: [relay()],
    keys,
    clock: systemClock,
    dns,
    web: openDoctorWeb(dns),
    sendingAddresses: [],
    ownAddresses: [],
    timeSource: null,
    redis: null,
    sessions: async () => ({ keepsState: true, listens: true }),
    freeBytes: async () => 10 * 1_073_741_824,
    checkSchema: async () => {},
    checkKeys: async () => {},
    sign: (one, message) => signFor(one, message, systemClock),
    publicKey: publicKeyOf,
    ...more,
  };
}

export const settings: Situation['settings'] = {
  way: 'database',
  production: true,
  publicUrl: 'https://news.example.org',
  mediaUrl: null,
  trustProxy: false,
  bounceDomain: null,
  readsFeedbackMail: true,
  secrets: 1,
  forgetKeys: [],
  home: '/nonexistent',
};

/** What the checks look at of a newsletter. */
export const newsletter = (more: Partial<Newsletter> = {}): Newsletter =>
  ({
    id: 1,
    slug: 'weekly',
    name: 'Weekly',
    from: { name: 'Weekly', address: 'news@example.org' },
    replyTo: null,
    language: 'en',
    relay: null,
    postalAddress: '1 Example Street',
    legalProfile: ['us'],
    ...more,
  }) as Newsletter;

export function relay(more: Partial<RelaySettings> = {}, parts: Partial<Relay> = {}): Relay {
  const never = async () => {
    throw new Error('no connection is opened in this test');
  };
  return {
    settings: relaySettings(25, { name: 'main', host: 'mail.example.org', ...more }),
    rehearsal: false,
    open: never,
    probe: never,
    ...parts,
  };
}

export interface SigningKey {
  setting: DkimKey;
  pair: { publicKey: KeyObject; privateKey: KeyObject };
  /** As its owner publishes it. */
  record: string;
}

/** Makes key files, deleted after the tests of this file. */
export function useKeyFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-doctor-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (selector: string, bits: number | 'ed25519' = 2_048, domain = 'example.org'): SigningKey => {
    const pair =
      bits === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: bits });
    const keyFile = join(folder, `${selector}.${domain}.pem`);
    writeFileSync(keyFile, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const der = pair.publicKey.export({ type: 'spki', format: 'der' });
    const record =
      bits === 'ed25519'
        ? `v=DKIM1; k=ed25519; p=${der.subarray(-32).toString('base64')}`
        : `v=DKIM1; k=rsa; p=${der.toString('base64')}`;
    return { setting: { domain, selector, keyFile }, pair, record };
  };
}

/** `error: what was found`, for a glance at everything that a check says. */
export async function said(check: Check, situation: Situation): Promise<string[]> {
  return (await check.run(situation)).map(({ level, found }) => `${level}: ${found}`);
}

/** The one finding of this level. */
export async function only(check: Check, situation: Situation, level: Finding['level']): Promise<Finding> {
  const found = (await check.run(situation)).filter((finding) => finding.level === level);
  if (found.length === 1) return found[0]!;
  throw new Error(`expected one ${level}, got ${JSON.stringify(found, null, 2)}`);
}
