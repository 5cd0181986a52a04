/**
 * TRUST_PROXY: whether the web role sees whom a request came from. We send one with a forged X-Forwarded-For and ask how
 * it arrived. Each proxy adds the address that it saw, so what stands behind the forged one tells how many there are.
 */
import { type Check, error, type Finding, NotChecked, ok } from '../check/check.ts';
import { pointlessLocally, type Situation } from '../check/situation.ts';
import { askOurselves } from './reach.ts';
import { doctorToken, type SeenRequest } from './token.ts';

export const clientAddressCheck: Check = {
  name: 'client-address',
  limitMs: 15_000,
  pointless: pointlessLocally,
  async run(situation) {
    const { keys, clock, settings } = situation;
    const answer = await askOurselves(situation, `/doctor/${doctorToken(keys, clock.now())}`, {
      method: 'POST',
      headers: { 'x-forwarded-for': FORGED },
    });
    if (answer.status !== 200)
      throw new NotChecked(
        `PUBLIC_URL answers ${answer.status}: no Postrider of this release and with this POSTRIDER_SECRET serves there`,
      );
    return [judge(JSON.parse(answer.body) as SeenRequest, settings)];
  },
};

/** An address for documentation (RFC 5737), which no client has. */
const FORGED = '192.0.2.77';

function judge(
  { client, peer, forwarded }: SeenRequest,
  { publicUrl, trustProxy }: Situation['settings'],
): Finding {
  const added = forwarded.slice(forwarded.lastIndexOf(FORGED) + 1);
  const fault = {
    subject: 'TRUST_PROXY',
    expected: "each request counts for its client's own address, whatever it says in X-Forwarded-For",
  };
  const now = trustProxy === false ? 'not set' : String(trustProxy);
  if (added.length === 0 && publicUrl.startsWith('https:'))
    return error({
      ...fault,
      found: `the proxy that serves ${publicUrl} adds nothing to X-Forwarded-For, so all readers seem to come from ${peer}`,
      change:
        'let the proxy send X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;), then set TRUST_PROXY to the number of proxies',
    });
  const change =
    added.length === 0 ? 'unset TRUST_PROXY: no proxy stands in front' : rightSetting(peer, added);
  if (client === FORGED)
    return error({
      ...fault,
      found: `a forged address was believed (TRUST_PROXY is ${now}, and ${proxies(added.length)} in front), so nobody's budget holds`,
      change,
    });
  const real = added[0] ?? peer;
  if (client !== real)
    return error({
      ...fault,
      found: `all readers seem to come from ${client}, a proxy (TRUST_PROXY is ${now}, and ${proxies(added.length)} in front), and share one budget of confirmations`,
      change,
    });
  return ok(
    fault.subject,
    fault.expected,
    `the client's own address arrives: ${proxies(added.length)} in front, TRUST_PROXY is ${now}`,
  );
}

const proxies = (count: number): string =>
  count === 1 ? '1 proxy stands' : `${count || 'no'} proxies stand`;

function rightSetting(peer: string | null, added: readonly string[]): string {
  const addresses = [peer, ...added.slice(1)].filter((one) => one !== null);
  return `set TRUST_PROXY=${added.length} (or their addresses, TRUST_PROXY=${addresses.join(',')}) for postrider web, and restart it`;
}
