/** Alignment: whether SPF or DKIM of each newsletter's mail counts for the domain that readers see in From. */
import { keysFor } from '../../delivery/relay/dkim/aligned-keys.ts';
import type { Relay } from '../../ports.ts';
import { type Check, error, type Finding, NotChecked, note, ok, warning } from '../check/check.ts';
import { pointlessWithoutRelay, type Situation } from '../check/situation.ts';
import { type Alignment, alignment } from '../dmarc/aligned.ts';
import { policyStep, walkTree } from '../dmarc/tree-walk.ts';
import { providerOf } from './providers.ts';
import { type Sender, sendersOf } from './senders.ts';

export const alignmentCheck: Check = {
  name: 'alignment',
  limitMs: 15_000,
  pointless: pointlessWithoutRelay,
  async run(situation) {
    const pairs = (await sendersOf(situation)).flatMap((sender) =>
      sender.relays.map((relay) => ({ sender, relay })),
    );
    return Promise.all(
      pairs.map(({ sender, relay }) =>
        checkPair(situation, sender, relay).catch((cause: unknown) => notCompared(sender, cause)),
      ),
    );
  },
};

/** The DNS did not answer for one; the others have their findings all the same. */
function notCompared({ newsletter }: Sender, cause: unknown): Finding {
  if (!(cause instanceof NotChecked)) throw cause;
  return note({ subject: `newsletter ${newsletter.slug}`, expected: 'an answer', found: cause.message });
}

async function checkPair({ dns }: Situation, sender: Sender, relay: Relay): Promise<Finding> {
  const { domain, returnDomain } = sender;
  const { dkim, name } = relay.settings;
  const provider = providerOf(relay);
  const [key] = keysFor(dkim, domain);
  const [spf, signed, steps] = await Promise.all([
    provider?.replacesReturnPath
      ? { aligned: false, why: `${provider.title} puts its own domain into the return path` }
      : alignment(dns, domain, returnDomain, 'spf'),
    key ? alignment(dns, domain, key.domain.toLowerCase(), 'dkim') : null,
    walkTree(dns, domain),
  ]);
  const subject = `newsletter ${sender.newsletter.slug} through relay ${name}`;
  const expected = `SPF and DKIM for ${domain} or its organization`;
  const found = `SPF by ${returnDomain}: ${sayAligned(spf)}; DKIM ${key ? `by ${key.domain}: ${sayAligned(signed!)}` : 'not signed here'}`;
  if (spf.aligned && signed?.aligned) return ok(subject, expected, found);
  const enforced = ['quarantine', 'reject'].includes(policyStep(steps)?.record?.policy ?? 'none');
  const change = advice(sender, relay, spf, signed);
  if (spf.aligned || signed?.aligned)
    return signed?.aligned === false
      ? warning({ subject, expected, found, change })
      : note({ subject, expected, found, change });
  if (!key && dkim.length === 0 && !isForeign(domain, relay))
    return warning({ subject, expected, found: `${found}; all depends on how the relay signs`, change });
  return error({
    subject,
    expected,
    found: enforced ? `${found}; the policy of ${domain} has such mail refused` : found,
    change,
  });
}

const sayAligned = ({ aligned, why }: Alignment): string => (aligned ? 'aligned' : `not aligned (${why})`);

function advice(
  { domain, returnDomain }: Sender,
  relay: Relay,
  spf: Alignment,
  dkim: Alignment | null,
): string {
  const parts: string[] = [];
  const provider = providerOf(relay);
  if (!dkim?.aligned)
    parts.push(
      `have mail signed with d=${domain}: at the provider's domain settings, or here with dkim=${domain}:SELECTOR:/path/key.pem for relay ${relay.settings.name} in SMTP_URL`,
    );
  if (!spf.aligned)
    parts.push(
      provider?.replacesReturnPath
        ? provider.ownReturnPath
          ? `set up ${provider.ownReturnPath} below ${domain} at ${provider.title}`
          : `nothing aligns SPF at ${provider.title}: DKIM has to`
        : `choose a BOUNCE_DOMAIN below ${domain} instead of ${returnDomain}`,
    );
  return parts.join('; ');
}

/** Mailbox providers whose domains only they can sign for. */
const FREE_MAIL =
  /^(?:gmail\.com|googlemail\.com|yahoo\.[a-z.]+|ymail\.com|aol\.com|outlook\.[a-z.]+|hotmail\.[a-z.]+|live\.[a-z.]+|msn\.com|icloud\.com|me\.com|mac\.com|gmx\.[a-z]+|web\.de|mail\.ru|yandex\.[a-z]+|qq\.com|163\.com|126\.com|proton\.me|protonmail\.com)$/;

/** A free mailbox's domain, through a relay that is not its own. */
const isForeign = (domain: string, relay: Relay): boolean =>
  FREE_MAIL.test(domain) && !relay.settings.host.endsWith(`.${domain}`) && !providerOf(relay)?.include;
