/**
 * What mail servers say, as data. The first row that matches decides, so the order counts: what sounds like something
 * else first, then what names its cause, then the bad address, and wide words of policy and failure last.
 *
 * To add a row: put it where its subject stands, quote over it what the server says (without addresses and names), and
 * keep the pattern linear. Rows of the database are asked before these.
 */
import { addressRules } from './address-rules.ts';
import { contentRules, sizeRules } from './content-rules.ts';
import { foreignRules } from './foreign-rules.ts';
import { hostRules } from './host-rules.ts';
import { fullRules, paceRules, suspendedRules } from './mailbox-rules.ts';
import {
  expiredRules,
  lookupRules,
  loopRules,
  networkRules,
  programRules,
  systemRules,
} from './network-rules.ts';
import { providerRules } from './provider-rules.ts';
import { policyRules, refusedRules, reputationRules } from './reputation-rules.ts';
import type { Rule } from './rule.ts';
import { authenticationRules, foreignSenderRules, senderRules } from './sender-rules.ts';

/** They name the cause, so they say more than any code. */
export const narrowRules: readonly Rule[] = [
  ...providerRules,
  ...paceRules,
  ...loopRules,
  ...programRules,
  ...fullRules,
  ...senderRules,
  ...foreignSenderRules,
  ...authenticationRules,
  ...sizeRules,
  ...suspendedRules,
  ...lookupRules,
  ...addressRules,
  ...foreignRules,
  ...reputationRules,
  ...contentRules,
  ...expiredRules,
  ...hostRules,
  ...networkRules,
  ...policyRules,
];

/** They sound alike whatever happened: a code that names its subject says more. */
export const wideRules: readonly Rule[] = [...refusedRules, ...systemRules];
