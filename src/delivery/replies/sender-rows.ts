/**
 * Replies about us: the login, the sender, whether we may send through the relay at all, and our reputation with a
 * provider. Faults that only a person can fix stop the send, since everybody still waiting would be refused for them
 * too.
 */
import type { ReplyRow } from './row.ts';

/**
 * Servers also say this about a single recipient that they do not relay for, so it takes more than one to believe it.
 */
const ofOneOrAll: readonly ReplyRow[] = [
  {
    reply: '454 4.7.1 <x@y>: Relay access denied',
    source: 'Postfix 3.7.11, a domain it does not relay for',
    pattern:
      /^[45]\d\d .*(rela(y|ying)\b.{0,20}(denied|not (allowed|permitted)|prohibited|refused|rejected)|not configured to relay|(denies|refuses) relay|we do not relay|does not relay|not in (my|our) list of allowed rcpthosts)/,
    about: 'sender',
    means: 'stop',
    ofOne: 'policy',
  },
  {
    reply:
      '554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: x@y',
    source: 'AWS, Amazon SES email sending errors',
    pattern: /^5\d\d .*(email address is not verified|identities failed the check)/,
    about: 'sender',
    means: 'stop',
    ofOne: 'policy',
  },
];

const sure: readonly ReplyRow[] = [
  {
    reply: '530 5.7.1 Authentication required',
    source: 'Mailgun and others, MAIL or RCPT before a login',
    pattern:
      /^([45]\d\d .*(auth(entication|orization) (is )?required|must (first )?(be |issue a )?(authenticat|starttls)|please (log ?in|authenticate)|client (was|is) not authenticated)|530 |535 )/,
    about: 'sender',
    means: 'stop',
  },
  {
    reply:
      '550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
    source: 'Twilio SendGrid, sender identity',
    pattern:
      /^5\d\d .*(verified sender identity|unconfigured sending domain|sending domain .{0,40}not (verified|configured|registered)|sender (address )?(is )?not (verified|registered|authenticated))/,
    about: 'sender',
    means: 'stop',
  },
  {
    reply: '553 5.7.1 <x@y>: Sender address rejected: not owned by user x@y',
    source: 'Postfix 3.7.11, reject_sender_login_mismatch',
    pattern:
      /^5\d\d .*(not owned by (user|login|auth)|sender (address )?(does not|doesn't|must) match|(not|isn't) allowed to send (mail |e-?mail )?(as|from)|not authori[sz]ed to send (mail |e-?mail )?(as|from|on behalf))/,
    about: 'sender',
    means: 'stop',
  },
  {
    reply: '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    source: 'Microsoft, Exchange Online non-delivery reports',
    pattern: /^5\d\d (5\.7\.(57|60|64) |5\.2\.252 |.*(permissions? to send as|sendasdenied))/,
    about: 'sender',
    means: 'stop',
  },
  {
    reply: '550 5.1.8 Access denied, bad outbound sender AS(42004)',
    source: 'Microsoft, Exchange Online non-delivery reports',
    pattern: /^5\d\d .*(bad outbound sender|\b5\.7\.(705|708|750) )/,
    about: 'sender',
    means: 'stop',
  },
  {
    reply:
      '554 Sending paused for this account. For more information, please check the inbox of the email address associated with your AWS account.',
    source: 'AWS, Amazon SES email sending errors',
    pattern:
      /^[45]\d\d .*((sending|delivery|your|this) .{0,20}(paused|suspended|disabled|blocked) for (this|your) (account|domain|user)|(your|this) (account|user account|smtp account|sender account|domain) (has been|is|was) (temporarily )?(suspended|disabled|deactivated|paused|blocked|locked|not (yet )?activated))/,
    about: 'sender',
    means: 'stop',
  },
];

/**
 * A provider's opinion of us, which the relay passes on: its readers are refused, and the auto-pause watches how many.
 */
const health: readonly ReplyRow[] = [
  {
    reply: '450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]',
    source: 'Postfix 3.7.11, reject_unknown_client_hostname',
    pattern: /^4\d\d .*(cannot find your|hostname|reverse dns|lookup|dns error)/,
    about: 'sender',
    means: 'temporary',
  },
  {
    reply: '501 5.1.8 Sender address rejected',
    source: 'Sisimai, set of emails, lhost-messagingserver-11',
    pattern:
      /^5\d\d 5\.1\.[78]( |$)|^5\d\d .*\bsender( address)? (was |is )?(rejected|denied|blocked|invalid)/,
    about: 'sender',
    means: 'policy',
  },
  {
    reply: '550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
    source: 'Postfix 3.7.11, reject_rbl_client',
    pattern: /^5\d\d 5\.7\.\d+( |$)/,
    about: 'sender',
    means: 'policy',
  },
  {
    reply: '553 http://www.spamhaus.org/query/bl?ip=192.0.2.222',
    source: 'Sisimai, set of emails, rhost-godaddy-02',
    pattern:
      /^5\d\d .*(spamhaus|black ?list|block ?list|blocked|\brbl\b|\(BL\)|reputation|protocol violation|polic(y|ies)|not authori[sz]ed|\bptr\b|administrative prohibition|rejected by destination domain)/,
    about: 'sender',
    means: 'policy',
  },
];

export const stopRows: readonly ReplyRow[] = [...sure, ...ofOneOrAll];
export const dnsRows = health.slice(0, 1);
export const policyRows = health.slice(1);
