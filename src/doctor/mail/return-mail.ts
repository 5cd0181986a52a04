/** Where mail comes back to: MX of the bounce domain, and of each sender's domain, which people reply to. */
import { type Check, error, type Finding, note, ok, warning } from '../check/check.ts';
import { pointlessWithoutRelay, type Situation } from '../check/situation.ts';
import { absence, type Exchange, recordsOf } from '../dns/answer.ts';
import type { DnsRecord } from '../dns/record.ts';
import { domainOf, groupBy, sendersOf } from './senders.ts';

export const returnMailCheck: Check = {
  name: 'return-mail',
  limitMs: 10_000,
  pointless: pointlessWithoutRelay,
  async run(situation) {
    const { bounceDomain } = situation.settings;
    const senders = await sendersOf(situation);
    const mailboxes = senders.flatMap(({ newsletter: { from, replyTo } }) => [
      from,
      ...(replyTo ? [replyTo] : []),
    ]);
    const domains = [...groupBy(mailboxes, ({ address }) => domainOf(address)).keys()];
    const found = await Promise.all(
      domains
        .filter((domain) => domain !== bounceDomain)
        .map((domain) => checkDomain(situation, domain, `${domain} (replies)`)),
    );
    if (bounceDomain === null) return [...found, noBounceDomain()];
    const bounces = await checkDomain(situation, bounceDomain, `${bounceDomain} (BOUNCE_DOMAIN)`);
    return [bounces, ...(situation.settings.readsFeedbackMail ? [] : [unread(bounceDomain)]), ...found];
  },
};

const noBounceDomain = (): Finding =>
  note({
    subject: 'BOUNCE_DOMAIN',
    expected: 'a domain for return paths, so that bounces come back to Postrider',
    found: "none: bounces go to the mailbox of each newsletter's sender",
    change:
      'set BOUNCE_DOMAIN and what reads its mail (docs/settings.md), or feed that mailbox to postrider feedback ingest',
  });

const unread = (domain: string): Finding =>
  warning({
    subject: `${domain} (BOUNCE_DOMAIN)`,
    expected: 'somebody reads its mail',
    found: 'no mailbox and no listener is set, so bounces and complaints have no effect',
    change:
      'set FEEDBACK_IMAP_URL, FEEDBACK_LMTP_PORT or FEEDBACK_SMTP_PORT, or feed the mails to postrider feedback ingest',
  });

const EXPECTED = 'an MX record whose hosts have addresses';

async function checkDomain({ dns, settings }: Situation, domain: string, subject: string): Promise<Finding> {
  const answer = await dns.mx(domain);
  const bounces = domain === settings.bounceDomain;
  if (answer.kind === 'failed')
    return warning({
      subject,
      expected: EXPECTED,
      found: absence(answer, 'MX'),
      change: `have the name servers of ${domain} mended`,
    });
  const exchanges = recordsOf(answer);
  if (exchanges.some(({ host }) => host === '' || host === '.'))
    return error({
      subject,
      expected: EXPECTED,
      found: 'a null MX (RFC 7505): this domain takes no mail, and receivers refuse mail from it',
      change: `replace it at the DNS provider of ${domain}`,
      record: exchangeOf(domain),
    });
  if (exchanges.length === 0)
    return withoutMx(subject, domain, absence(answer, 'MX'), await dns.addresses(domain), bounces);
  const dead = await deadHosts(dns, exchanges);
  const list = exchanges.map(({ host }) => host).join(', ');
  if (dead.length === 0) return ok(subject, EXPECTED, list);
  const fault = {
    subject,
    expected: EXPECTED,
    found: `${list}, of which ${dead.join(', ')} ${dead.length === 1 ? 'has' : 'have'} no address`,
    change: `correct the MX records at the DNS provider of ${domain}`,
  };
  return dead.length === exchanges.length ? error(fault) : warning(fault);
}

async function deadHosts(dns: Situation['dns'], exchanges: readonly Exchange[]): Promise<string[]> {
  const found = await Promise.all(exchanges.map(({ host }) => dns.addresses(host)));
  return exchanges
    .filter((_, at) => ['nothing', 'no-name'].includes(found[at]!.kind))
    .map(({ host }) => host);
}

/** Without an MX, mail goes to the domain's own address (RFC 5321 5.1), which is seldom meant. */
function withoutMx(
  subject: string,
  domain: string,
  found: string,
  addresses: Awaited<ReturnType<Situation['dns']['addresses']>>,
  bounces: boolean,
): Finding {
  const fault = {
    subject,
    expected: EXPECTED,
    found,
    change: bounces
      ? `publish one at the DNS provider of ${domain} that names the host where Postrider, or the mailbox that it reads, takes bounces`
      : `publish one at the DNS provider of ${domain} that names the host of its mailboxes: some receivers refuse senders that cannot be replied to`,
    record: exchangeOf(domain),
  };
  return addresses.kind === 'found' && !bounces ? warning(fault) : error(fault);
}

const exchangeOf = (domain: string): DnsRecord => ({ name: domain, type: 'MX', value: `10 mail.${domain}.` });
