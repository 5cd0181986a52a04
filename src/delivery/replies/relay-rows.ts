/**
 * Replies about how much a relay accepts from us in a period of time, whoever the recipient is. They name us (our
 * address, host, account, login) or speak of what is sent; limits of a mailbox or a recipient belong in
 * `address-rows.ts`. Many relays use 550 or 554 for this, at RCPT or at the dot, as if it were the reader's fault.
 */
import type { ReplyRow } from './row.ts';

/** Quotas that are used up: nobody's mail is accepted until they are restored. */
const quotas: readonly ReplyRow[] = [
  {
    reply:
      "550 5.7.232 Your message can't be sent because your trial tenant has exceeded its daily limit for sending email to external recipients (tenant external recipient rate limit)",
    source: 'Microsoft, Exchange Online non-delivery reports',
    pattern: /^[45]\d\d [45]\.7\.(232|233|236) /,
    about: 'relay',
    means: 'backoff',
    span: 'day',
  },
  {
    reply:
      '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message due to a permanent exception with message The message cannot be submitted because the sender submission quota was exceeded.',
    source: 'MicrosoftDocs/OfficeDocs-Support#1150',
    pattern: /submission ?quota( was| has been)? ?exceeded/,
    about: 'relay',
    means: 'backoff',
    span: 'day',
  },
  {
    reply: '450 4.2.1 Peak SMTP relay limit exceeded for customer. This is a temporary error.',
    source: 'Google, SMTP relay service error messages',
    pattern: /^[45]\d\d .*\bpeak smtp relay limit\b/,
    about: 'relay',
    means: 'backoff',
    span: 'minute',
  },
  {
    reply: '550 5.4.5 Daily user sending quota exceeded. o65sm25351206pga.71 - gsmtp',
    source: 'gen-smtp/gen_smtp#140',
    pattern:
      /^[45]\d\d .*\b(daily|monthly)\b.{0,40}\b(send|sending|relay|submission|message|mail|email)s?\b.{0,30}\b(quota|limit)/,
    about: 'relay',
    means: 'backoff',
    span: 'day',
  },
  {
    reply:
      "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    source: 'MicrosoftDocs/OfficeDocs-Exchange#2729',
    pattern:
      /^[45]\d\d .*\b(your|account|sender|user|tenant|domain|we|organi[sz]ation)\b.{0,60}\bdaily\b.{0,30}\b(quota|limit|allowance|maximum)/,
    about: 'relay',
    means: 'backoff',
    span: 'day',
  },
  {
    reply:
      '550 5.7.1 User x@y has exceeded its 24-hour sending limit. Messages to 250 recipients out of 250 allowed have been sent. Relay quota will reset in 21.43 hours.',
    source: 'nodemailer/nodemailer#1137',
    pattern:
      /^[45]\d\d .*\b(24|twenty-four)[- ]?(hour|hr)s? .{0,20}(sending|message|mail|email|recipient|relay).{0,20}(limit|quota)/,
    about: 'relay',
    means: 'backoff',
    span: 'day',
  },
  {
    reply: '451 Authentication failed: Maximum credits exceeded',
    source: 'Twilio SendGrid, SMTP errors',
    pattern:
      /^[45]\d\d .*(\bcredits?\b.{0,30}(exceed|exhaust|used up|expired|insufficient|not enough|ran out|run out|none left)|(exceed|insufficient|not enough|no( more| remaining)?|out of|run out of)\b.{0,20}\b(sending |email |mail |message |smtp )?credits?\b)/,
    about: 'relay',
    means: 'backoff',
    span: 'day',
  },
  {
    reply: '550 5.7.1 <DATA>: Data command rejected: only 10 messages per day',
    source: 'root-io/vmail#67',
    pattern:
      /^[45]\d\d .*\b\d+ (messages|e?-?mails|recipients)\b.{0,12}\b(per|a|each|every|in a|in one|in the last|within) ?(24 ?hours|day|month)\b/,
    about: 'relay',
    means: 'backoff',
    span: 'day',
  },
  {
    reply:
      '550 Domain example.org has exceeded the max emails per hour (101/100 (101%)) allowed. Message discarded.',
    source: 'cPanel, Exim configuration of a hosting server',
    pattern: /^[45]\d\d .*exceeded the max\b.{0,40}\bper hour/,
    about: 'relay',
    means: 'backoff',
    span: 'hour',
  },
  {
    reply: '550 send spam mail rejected: exceeded hour limit',
    source: 'gophish/gophish#3231',
    pattern:
      /^[45]\d\d .*(\b(per|an?|each|every|this|hourly)[ -]?(hour)?\b.{0,30}\b(quota|limit|maximum|allowed)\b.{0,20}(exceed|reach)|(exceed|reach)(ed|ing|s)?\b.{0,50}\b(hour|hourly|per hour|an hour)\b|\b(quota|limit)\b.{0,20}\b(per|an) hour\b)/,
    about: 'relay',
    means: 'backoff',
    span: 'hour',
  },
  {
    reply:
      '554 5.7.0 Your message could not be sent. The limit on the number of allowed outgoing messages was exceeded. Try again later.',
    source: 'zotonic/zotonic#3508',
    pattern:
      /^[45]\d\d .*\b(limit|quota|number)\b.{0,40}\b(outgoing|outbound|sent)\b.{0,20}\b(messages|mails?|emails?)\b.{0,20}(exceed|reach)/,
    about: 'relay',
    means: 'backoff',
    span: 'hour',
  },
  {
    reply: '552 Message would take you over your relay quota of 500 Current quota used: 487',
    source: 'WWBN/AVideo#7527',
    pattern:
      /^[45]\d\d .*\b(relay|sending|send|outgoing|outbound|submission|outmail|sender|smtp)[ _-]?(mail |email |message )?quota(\b|_)/,
    about: 'relay',
    means: 'backoff',
    span: 'hour',
  },
  {
    reply: '450 Requested mail action not taken: mailbox unavailable\nMail send limit exceeded.',
    source: 'IONOS, error messages of outgoing mail',
    pattern:
      /^[45]\d\d .*\b(send|sending|sent|outgoing|outbound|relay|submission)( of)?( mails?| emails?| messages?| volume| rate)? (limit|allowance)s?\b.{0,30}(exceed|reach)/,
    about: 'relay',
    means: 'backoff',
    span: 'hour',
  },
  {
    reply: "550 5.7.1 You've reached your sending limit. Don't worry you can send again soon.",
    source: 'Junara, email sending limits',
    pattern:
      /^[45]\d\d .*(exceed|reach)(ed|s|ing)?\b.{0,40}\b(send|sending|sent|outgoing|outbound|relay|submission|allowed)( mails?| emails?| messages?| volume| rate)? (limit|allowance|rate)\b/,
    about: 'relay',
    means: 'backoff',
    span: 'hour',
  },
  {
    reply: '550 5.4.6 Unusual sending activity detected. Please try after sometime. Learn more.',
    source: 'Zoho Mail, SMTP errors',
    pattern: /^[45]\d\d 5\.4\.6 .*(unusual sending activity|mail rate exceeded)/,
    about: 'relay',
    means: 'backoff',
    span: 'hour',
  },
  {
    reply: '550 Message was rejected, messages quota reached. Please retry later after recharge account',
    source: 'Redmao Mail, SMTP status codes',
    pattern:
      /^[45]\d\d .*(\b(messages?|e?-?mails?|account) quota\b.{0,20}(reach|used up|exhaust)|recharge (your )?account)/,
    about: 'relay',
    means: 'backoff',
    span: 'day',
  },
];

/** Too fast, or too much at once, for the current minute. */
const rates: readonly ReplyRow[] = [
  {
    reply: '450 4.7.1 Error: too many recipients from 192.0.2.1',
    source: 'Postfix 3.7.11, smtpd_client_recipient_rate_limit',
    pattern:
      /^[45]\d\d .*(too many|too much) (connections?|concurrent connections?|recipients?|mails?|messages?|e-?mails?|rcpts?|deliver(y|ies)( attempts)?|auth\S*|requests|new tls sessions)( requests| commands| attempts)?\b.{0,20} (from|by|for) (\[?[0-9a-f.:]*[.:][0-9a-f.:]+|(you|your|this|the)\b|x@y|<x@y>|unknown\[)/,
    about: 'relay',
    means: 'backoff',
    span: 'minute',
  },
  {
    reply: '451 4.7.1 Ratelimit "by_ip" exceeded',
    source: 'rspamd 3.4, ratelimit module',
    pattern: /^[45]\d\d .*\brate ?-?limit\b.{0,30}exceed/,
    about: 'relay',
    means: 'backoff',
    span: 'minute',
  },
  {
    reply: '454 Throttling failure: Maximum sending rate exceeded.',
    source: 'AWS, SMTP response codes returned by Amazon SES',
    pattern: /^[45]\d\d .*(throttling failure|\b(maximum|sender) (sending )?rate\b)/,
    about: 'relay',
    means: 'backoff',
    span: 'minute',
  },
  {
    reply: '421 Too many concurrent SMTP connections',
    source: 'AWS, SMTP response codes returned by Amazon SES',
    pattern:
      /^4\d\d .*(too many|maximum( number of)?) (concurrent |simultaneous |open )?(smtp )?(connections|sessions)/,
    about: 'relay',
    means: 'backoff',
    span: 'minute',
  },
  {
    reply:
      '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.',
    source: 'Microsoft, SMTP AUTH client submission',
    pattern:
      /^4\d\d .*(concurrent|simultaneous|parallel) (smtp )?(connections?|sessions?)\b.{0,20}(limit|exceed|maximum)/,
    about: 'relay',
    means: 'backoff',
    span: 'minute',
  },
  {
    reply: '421 4.4.2 Message submission rate for this client has exceeded the configured limit',
    source: 'Microsoft, message throttling in Exchange Server',
    pattern:
      /^[45]\d\d .*\brate\b.{0,20}\b(for|of|from) (this|your|the) (client|account|sender|user|host|ip|login)\b/,
    about: 'relay',
    means: 'backoff',
    span: 'minute',
  },
  {
    reply: '450 4.7.1 <x@y>: SASL login name rejected: You are sending too many emails too fast.',
    source: 'Mailu/Mailu#2416',
    pattern:
      /^[45]\d\d .*\b((you are|you're|is|are) sending (too|more)|(your|this) (account|client|host|ip|ip address|server|login|network|system|domain)\b.{0,40}(too (fast|many|much)|throttl|slow ?down|rate ?-?limit|limit (exceeded|reached)))/,
    about: 'relay',
    means: 'backoff',
    span: 'minute',
  },
  {
    reply: '454 4.7.0 Too many login attempts, please try again later.',
    source: 'Google, Gmail SMTP errors and codes',
    pattern: /^4\d\d .*too many (failed )?(log-?in|auth\w*) (attempts|failures)/,
    about: 'relay',
    means: 'backoff',
    span: 'minute',
  },
  {
    reply: '452 4.3.1 Insufficient system storage',
    source: 'Postfix 3.7.11, queue file system full',
    pattern: /^4\d\d 4\.3\.1( |$)|^4\d\d .*insufficient system (storage|resources)/,
    about: 'relay',
    means: 'backoff',
    span: 'minute',
  },
];

export const quotaRows = quotas;
export const relayRateRows = rates;
