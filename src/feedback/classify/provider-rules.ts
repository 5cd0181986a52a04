/** Providers that answer in codes of their own, whose words beside them say too little or too much. */
import { type Rule, rules } from './rule.ts';

export const providerRules: readonly Rule[] = [
  ...rules('hard', [
    // 550 5.1.1 RCP-P1 ...postmaster/response_codes: Facebook, an unknown recipient
    ['user-unknown', /\b(RCP-P1|INT-P[134])\b/],
  ]),
  ...rules('soft', [
    // 550 5.1.1 RCP-P2: Facebook, a recipient who does not take this mail
    ['mailbox-refused', /\bRCP-[PT][2-5]\b/],
    // 550 Service unavailable; RCP-T1, CON-T1: Facebook is busy
    ['system-error', /\b(RCP|INT|CON|DNS|POL|MSG)-T\d\b/],
  ]),
  ...rules('block', [
    // 550 5.7.1 POL-P7, MSG-P2, FRM-P1: Facebook's policy
    ['policy', /\b(POL|MSG|DNS|FRM|FROM)-P\d\b/],
    // AUP#1440, AUP#CXBL: Charter and Cox, by their acceptable use policy
    ['policy', /\bAUP#/, /\bCX(BL|SNDR|THRT|CNCT|DNS|MJ)\b/],
    // LPN007_405, OFR_506: La Poste and Orange, on senders and content; theirs on recipients come with words
    ['policy', /\b(LPN|OFR)\d{0,3}_(1\d\d|5\d\d)\b/, /\bLPN\d{3}_(405|630|510)\b/],
    // 554 DT:SPM, 550 HL:IPB: NetEase; two letters for the group of the rule, three for the rule
    ['bad-reputation', /\b(HL|DT|MI|WM|RP):(?!UNK)[A-Z]{3}\b/],
    // 421 [TSS04], 553 [BL21], 554 [PH01]: Yahoo
    ['bad-reputation', /\[(TSS?|IPTS|BL|PH|AU|CON?N)\d\d\]/],
    // 550 SC-001, DY-001, OU-002, 421 RP-001: Outlook.com
    ['bad-reputation', /\b(SC|DY|OU|RP)-00\d\b/],
    // 421 4.7.1 [HCM1], 554 5.7.1 [CS01]: Apple
    ['bad-reputation', /\[(HC|HCM|CS|BS|HM|HT|VS)\d{1,2}\]/],
  ]),
];
