/**
 * The address is bad. Only words that cannot mean anything else: a false one takes a good reader away, a missed one costs
 * a few mails.
 */
import { type Rule, rules } from './rule.ts';

export const addressRules: readonly Rule[] = rules('hard', [
  // User unknown. Unknown user. Recipient unknown. Unknown or illegal alias. Unknown local part
  [
    'user-unknown',
    /(user|recipient|mail ?box|account|alias|local[- ]?part|addressee|address|name|customer|subscriber)s?( name)?( (<[^<>]{0,80}>|\[[^[\]]{0,80}\]|\([^()]{0,80}\)|"[^"]{0,80}"|'[^']{0,80}'|x@y))?( (is|was|are|here))* ?[:-]? ?(unknown|not known|un-?recogni[sz]ed|not recogni[sz]ed)\b/i,
    /\bunknown( or (illegal|invalid))?( local)?( ?-?part)? ?(user|recipient|address|mail ?box|account|alias|addressee|rcpt|e-?mail|receiver)/i,
    /unknown (in|to) (the |our |this |local |virtual )/i,
    /\bunknown:? <?x@y/i,
    /unknown (e-?mail |mail ?)?account/i,
    /user path no exist/i,
    /address lookup .{0,30}failed/i,
    /unable to find (\w+ )?(user|recipient|alias)/i,
    /recipient (cannot|can't|could not) be verified/i,
    /(recipient|user|address) rejected:? (is )?unknown/i,
    /5\.1\.0 (<x@y> )?address rejected/i,
    /adresse? (d'|de )?\w* ?inconnue?/i,
  ],
  // No such user here. No mailbox here by that name. There is no such recipient. Not a valid mailbox
  [
    'user-unknown',
    /\bno such ((local|virtual|e-?mail|mail|domain|valid) )*(user|recipient|mail ?box|address|account|person|alias|id|name|addressee|customer|subscriber|directory|mailing|login|people)/i,
    /no (mail ?box|user( account)?|account|recipient|one) ("|here|found|by that|with (that|this)|matching|named|exists?|called|for)/i,
    /(wasn't|was not|couldn't be|could not be) found (at|on) \S/i,
    /there is no (\w+ ){0,3}(user|mailbox|account|address|recipient|one)/i,
    /(not|n't|isn't|never) (a )?(valid|known|existing|real|legal|local|active|registered|recogni[sz]ed|correct) (e-?mail |local |smtp )?(mail ?box|user|recipient|address|account|addressee|destination|customer)/i,
    /(addresse?e?|mail ?box|user|recipient|account) (is )?(not|n't) (a )?(valid|known|correct)\b/i,
    /no (valid|matching) (recipient|user|mailbox|address)(?!s were)/i,
    /(recipients?|user|mail ?box|account|address) (does|do|did|could|can|has|is|are|was|were|name)( ?not|n't) (be )?(found|exists?|located|known|identified|match)/i,
    /can(not|'t) find (the |a |your |that |this )?(recipient|user|mail ?box|account|address)/i,
  ],
  // The email account that you tried to reach does not exist. Recipient not found. Mailbox does not exist
  [
    'user-unknown',
    /(mail ?box|user|recipient|account|address|alias|addressee|customer|e-?mail|inbox|x@y>?|person|id|list|group|receiver|subscriber|login|username)('s)?( name| address| account| mailbox| id)?( (<[^<>]{0,80}>|\[[^[\]]{0,80}\]|\([^()]{0,80}\)|"[^"]{0,80}"|x@y|\S{1,64}(?= do| is| was| not)))?( (that )?you (are )?(tried|trying|entered|specified|sent to|wanted)( to)?( reach| contact| send to)?| specified| here| you have entered| with (this|that) name| in question)? ?[:,-]? ?(that |which |is |was |has )?(does(n't| not| no| n't)|do(n't| not)|did(n't| not)|not?|non|no longer|could(n't| not) be|can(not|'t) be|never|is not|isn't|wasn't) ?-?(longer )?(be )?(exist|found|listed|present|known|located|registered|recogni[sz]ed|(a )?valid|available anymore|an? (existing|valid)|here|in (the|our) (directory|system|database|domain|list)|(on|at|in) this (server|system|host|domain)|match(ed|ing)?)/i,
  ],
  // Invalid recipient. Illegal user. Undeliverable address. Unrouteable address. Bad destination mailbox address
  [
    'user-unknown',
    /(invalid|illegal|incorrect|wrong|nonexist\w*|non-exist\w*|undeliverable|undefined|unroute?able|un-?rout(e)?able|mistyped|misspelled|bad|fictitious|bogus|obsolete|unavailable) (final )?(delivery |destination |local |e-?mail |mail |rcpt |to |smtp )*(mail ?box|user ?(id|name)?|recipients?|address|account|addressee|receiver|username|userid|alias)(?!.{0,20}syntax error in (mail|sender))/i,
    /(recipient|user|mail ?box|address|account)s?( address| name)?( <?x@y>?)? (is |was )?(invalid|incorrect|illegal|nonexist|undeliverable|un-?rout|misspelled|obsolete|bogus)/i,
    /not listed in (the |public |domino |our )*(name|domino|directory|address|notes|lotus)/i,
    /non r[ée]pertori[ée] dans l.annuaire/i,
    /no se encuentra en el directorio/i,
    /nicht im \S{0,20} ?(verzeichnis|adressbuch)/i,
    /(ディレクトリ|アドレス帳).{0,10}(見つかりません|ありません|登録されていません)/i,
    /not (listed|found|present|contained) in (\w+ ){0,3}(directory|address ?book|database|user list|table|ldap|ad\b|active directory)/i,
    /directory lookup.{0,20}(fail|not)/i,
    /name is not recogni[sz]ed/i,
    /recipient name .{0,20}not/i,
    /(e-?mail|mail) account .{0,40}not (been )?(found|exist|set ?up)/i,
    /doesn't have an? \S+ account/i,
    /dosn't exist/i,
    /no mail ?box/i,
    /RecipNotFound/i,
    /ADR\.RecipNotFound/i,
    /RecipientNotFound/i,
    /resolver\.adr\.(recip|ex|rfc)\w*notfound/i,
    /recipient not (found|exist|ok|valid|known|defined|registered|in)/i,
    /bad (destination )?mail ?box address/i,
    /not our customer/i,
    /(does not|doesn't) (have an account|handle mail for that user)/i,
    /not a member of domain/i,
    /rcpt user .{0,20}not ok/i,
    /no longer an employee/i,
    /(is )?not (a |an )?(\w+ )?(user|subscriber|customer|recipient)( here| of this| at this| on this)/i,
    /delivery to the following recipients? failed permanently.{0,10}unknown/i,
  ],
  // User has moved; please try another address. No longer works here. Account has been deleted
  [
    'user-moved',
    /(user|recipient|mail ?box|account|address|person|employee|he|she|they|x@y>?)( \S{1,40})?( (is|has|have|was|been))* (no longer (valid|available|active|in (use|service)|with|works?|here|exist|at|used|employed|on|receiv|accept|a )|moved|been (moved|deleted|removed|terminated|cancell?ed|discontinued|retired|purged|erased)|deleted|removed|terminated|cancell?ed|discontinued|retired|left (the )?(company|organi[sz]ation|firm)|changed (their |his |her )?(address|e-?mail))/i,
    /user not local; please try/i,
    /has moved/i,
    /(^|[^\d.])5\.1\.6(?![\d.])/i,
    /(deleted|terminated|cancell?ed|discontinued|removed|retired|expunged) (user|account|mail ?box|address)/i,
    /account (has been )?(closed|deleted|terminated) (by|at)/i,
  ],
  // Requested action not taken: mailbox unavailable, as Outlook.com, GMX and WEB.DE answer for an unknown user
  [
    'user-unknown',
    /\b55[0-4] .{0,20}requested (mail )?action (not taken|aborted):? ?mail ?box (unavailable|not found)(?!.{0,20}(invalid dns|send|limit|busy|polic|temporar|block|spam))/i,
  ],
  // Recipient address rejected: Access denied, as Exchange Online says it at the edge for an unknown user
  ['user-unknown', /\b550 5\.4\.1 .{0,120}recipient address rejected: access denied/i],
  // Mail to this domain is not accepted: null MX (RFC 7505). Domain does not accept mail
  [
    'no-mail-accepted',
    /null ?-?mx/i,
    /indicated no smtp service/i,
    /(domain|host|recipient|destination)( \S{1,80})? (does not|doesn't|do not|never) (accept|receive|want|handle) (any )?(e-?)?mails?(?! from)/i,
    /(^|[^\d.])5\.(1\.10|5\.6)(?![\d.]).{0,80}(null|mx|accept)/i,
    /smtp service is disabled/i,
    /the domain does not accept mail/i,
  ],
]);
