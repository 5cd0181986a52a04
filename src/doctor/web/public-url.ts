/** PUBLIC_URL: whether readers reach us there, over HTTPS, without being sent elsewhere. */

import { isIP } from 'node:net';
import { certificateFindings } from '../check/certificate.ts';
import { type Check, error, type Finding, ok, warning } from '../check/check.ts';
import { isLocalName, pointlessLocally, type Situation, type WebAnswer } from '../check/situation.ts';
import { absence } from '../dns/answer.ts';
import { isPublicAddress } from '../dns/public-address.ts';
import { header, isRedirect } from './reach.ts';

export const publicUrlCheck: Check = {
  name: 'public-url',
  limitMs: 15_000,
  pointless: pointlessLocally,
  async run(situation) {
    const [reach, addresses] = await Promise.all([tryToReach(situation), hostFindings(situation)]);
    return [...addresses, ...reach];
  },
};

async function tryToReach({ web, settings, clock }: Situation): Promise<Finding[]> {
  const url = `${settings.publicUrl}/healthz`;
  const expected = 'Postrider answers there';
  let answer: WebAnswer;
  try {
    answer = await web.ask(url, { method: 'GET' });
  } catch (cause) {
    return [
      error({
        subject: settings.publicUrl,
        expected,
        found: (cause as Error).message,
        change:
          'start postrider web, and let a proxy with a certificate pass requests on to it; or correct PUBLIC_URL. If readers do reach it, this network does not lead back into itself (hairpin NAT): run the doctor from another machine with the same settings',
      }),
    ];
  }
  const { hostname } = new URL(url);
  return [
    ...certificateFindings({
      subject: settings.publicUrl,
      host: hostname,
      certificate: answer.certificate,
      now: clock.now(),
      required: true,
      renew: `on the proxy that serves ${hostname}`,
    }),
    judge(settings.publicUrl, expected, answer),
  ];
}

function judge(subject: string, expected: string, answer: WebAnswer): Finding {
  if (isRedirect(answer))
    return error({
      subject,
      expected,
      found: `a redirect to ${header(answer, 'location')}`,
      change:
        'set PUBLIC_URL to where it leads, or let the proxy pass the requests on: mail programs follow no redirect of a one-click unsubscribe',
    });
  if (answer.status === 200 && /^\s*\{"ok":true\}/.test(answer.body))
    return ok(subject, expected, `yes, in ${Math.round(answer.tookMs)} ms, asked from this machine`);
  return error({
    subject,
    expected,
    found: `status ${answer.status}, which is not from Postrider`,
    change: 'let the proxy pass all requests below PUBLIC_URL on to postrider web',
  });
}

/** What other people's resolvers say: we may be inside a network where the name leads elsewhere. */
async function hostFindings({ dns, settings }: Situation): Promise<Finding[]> {
  const host = new URL(settings.publicUrl).hostname.replace(/^\[|\]$/g, '');
  if (isLocalName(host))
    return [
      warning({
        subject: settings.publicUrl,
        expected: 'an address that readers reach',
        found: 'one that only this machine reaches',
        change: 'set PUBLIC_URL to the https address of the proxy in front',
      }),
    ];
  const expected = 'a host that the whole internet reaches';
  const change = `correct the A and AAAA records of ${host} at its DNS provider, or PUBLIC_URL`;
  const answer = isIP(host) ? ({ kind: 'found', records: [host] } as const) : await dns.addresses(host);
  if (answer.kind === 'failed')
    return [
      warning({
        subject: host,
        expected,
        found: absence(answer, 'A'),
        change: `have the name servers of ${host} mended`,
      }),
    ];
  if (answer.kind !== 'found')
    return [error({ subject: host, expected, found: absence(answer, 'A or AAAA'), change })];
  const closed = answer.records.filter((address) => !isPublicAddress(address));
  if (closed.length === 0) return [ok(host, expected, answer.records.join(', '))];
  return [
    error({
      subject: host,
      expected,
      found: `${closed.join(', ')}, which is not on the public internet`,
      change,
    }),
  ];
}
