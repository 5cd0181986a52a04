/** RFC 9989 4.10: where the walk goes, what it finds, and whose organization that is. */
import { describe, expect, test } from 'vitest';
import { organizationOf, policyStep, walkedDomains, walkTree } from '../../../src/doctor/dmarc/tree-walk.ts';
import type { Zone } from '../../helpers/dns-server.ts';
import { useNameServer } from '../fixtures.ts';

const names = useNameServer();
const at = (records: Record<string, string | string[]>): Zone =>
  Object.fromEntries(
    Object.entries(records).map(([domain, text]) => [`_dmarc.${domain}`, { TXT: [text].flat() }]),
  );

async function walked(domain: string, records: Record<string, string | string[]>) {
  const steps = await walkTree(names.situation(at(records)).dns, domain);
  return { organization: organizationOf(steps), policy: policyStep(steps)?.domain ?? null };
}

describe('the walk', () => {
  test.each([
    ['example.org', ['example.org', 'org']],
    ['a.mail.example.org', ['a.mail.example.org', 'mail.example.org', 'example.org', 'org']],
    [
      'a.b.c.d.e.f.g.org',
      [
        'a.b.c.d.e.f.g.org',
        'b.c.d.e.f.g.org',
        'c.d.e.f.g.org',
        'd.e.f.g.org',
        'e.f.g.org',
        'f.g.org',
        'g.org',
        'org',
      ],
    ],
  ])('of %s goes up label by label', (domain, wanted) => {
    expect(walkedDomains(domain)).toEqual(wanted);
  });

  test('of a long name skips to its last seven labels, so that there are at most eight queries', async () => {
    const long = 'a.b.c.d.e.f.g.h.i.j.mail.example.org';
    expect(walkedDomains(long).slice(0, 2)).toEqual([long, 'g.h.i.j.mail.example.org']);
    expect(walkedDomains(long)).toHaveLength(8);
    await walked(long, {});
    expect(names.server().queries).toHaveLength(8);
  });

  test('ends at psd=n, and above its start at psd=y', async () => {
    await walked('a.mail.example.org', { 'mail.example.org': 'v=DMARC1; p=none; psd=n' });
    expect(names.server().queries).toEqual(['_dmarc.a.mail.example.org', '_dmarc.mail.example.org']);
  });
});

describe('organization and policy', () => {
  const P = 'v=DMARC1; p=reject';
  test.each([
    ['nothing anywhere: the domain itself', 'a.example.org', {}, 'a.example.org', null],
    ['its own record', 'example.org', { 'example.org': P }, 'example.org', 'example.org'],
    ['a record above', 'a.mail.example.org', { 'example.org': P }, 'example.org', 'example.org'],
    [
      'the highest record is the organization, the own record the policy',
      'a.example.org',
      { 'a.example.org': P, 'example.org': P },
      'example.org',
      'a.example.org',
    ],
    [
      'a record between is not used for policy',
      'a.mail.example.org',
      { 'mail.example.org': P, 'example.org': P },
      'example.org',
      'example.org',
    ],
    [
      'psd=n: the organization ends there',
      'a.mail.example.org',
      { 'mail.example.org': `${P}; psd=n`, 'example.org': P },
      'mail.example.org',
      'mail.example.org',
    ],
    [
      'psd=y: the organization is one label below',
      'a.example.bank',
      { bank: `${P}; psd=y` },
      'example.bank',
      'bank',
    ],
    ['psd=y of the domain itself does not count', 'bank', { bank: `${P}; psd=y` }, 'bank', 'bank'],
    [
      'several records are none',
      'a.example.org',
      { 'a.example.org': [P, P], 'example.org': P },
      'example.org',
      'example.org',
    ],
    [
      'other TXT records do not count',
      'example.org',
      { 'example.org': ['v=spf1 -all', P] },
      'example.org',
      'example.org',
    ],
    [
      'a policy that means nothing is none',
      'a.example.org',
      { 'a.example.org': 'v=DMARC1; p=refuse', 'example.org': P },
      'example.org',
      'example.org',
    ],
    [
      'though with rua it counts as none',
      'example.org',
      { 'example.org': 'v=DMARC1; p=refuse; rua=mailto:x@example.org' },
      'example.org',
      'example.org',
    ],
  ] satisfies [string, string, Record<string, string | string[]>, string, string | null][])(
    '%s',
    async (_, domain, records, organization, policy) => {
      expect(await walked(domain, records)).toEqual({ organization, policy });
    },
  );
});
