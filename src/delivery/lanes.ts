/** Lanes: the deliveries of one mailbox provider, paced apart from the others. Data, so that it can grow. */
import type { LaneTable } from '../ledger/audience.ts';

export const OTHER_LANE = 'other';

const providers: Readonly<Record<string, readonly string[]>> = {
  google: ['gmail.com', 'googlemail.com'],
  microsoft: [
    'outlook.com',
    'hotmail.com',
    'live.com',
    'msn.com',
    'outlook.de',
    'outlook.fr',
    'hotmail.co.uk',
    'hotmail.fr',
  ],
  yahoo: ['yahoo.com', 'ymail.com', 'rocketmail.com', 'aol.com', 'yahoo.co.uk', 'yahoo.de', 'yahoo.fr'],
  apple: ['icloud.com', 'me.com', 'mac.com'],
  tencent: ['qq.com', 'foxmail.com', 'vip.qq.com', 'exmail.qq.com'],
  netease: ['163.com', '126.com', 'yeah.net', '188.com', 'vip.163.com'],
};

const pairs = Object.entries(providers).flatMap(([lane, domains]) =>
  domains.map((domain) => [domain, lane] as const),
);

export const builtInLanes: LaneTable = {
  domains: pairs.map(([domain]) => domain),
  lanes: pairs.map(([, lane]) => lane),
  other: OTHER_LANE,
};

const laneByDomain = new Map(pairs);

/** By the built-in list; for a mail whose row does not say it. */
export const laneOfAddress = (email: string): string =>
  laneByDomain.get(email.slice(email.lastIndexOf('@') + 1).toLowerCase()) ?? OTHER_LANE;
