/**
 * The address is bad. Only words that cannot mean anything else: a false one takes a good reader away, a missed one costs
 * a few mails.
 */
import { type Rule, rules } from './rule.ts';

export const addressRules: readonly Rule[] = rules('hard', [
  // User unknown. Unknown user. Recipient unknown. Unknown or illegal alias. Unknown local part
  [
    'user-unknown',
    /(user|recipient|mail ?box|account|alias|local[- ]?part|addressee|address|name|customer|subscriber)s?( name)?( (<[^<>]{0,80}>|\[[^[\]]{0,80}\]|\([^()]{0,80}\)|"[^"]{0,80}"|'[^']{0,80}'|x@y))?( (is|was|are|here))* ?[:-]? ?(unknown|not known|un-?recogni[sz]ed|not recogni[sz]ed)\b|\bunknown( or (illegal|invalid))?( local)?( ?-?part)? ?(user|recipient|address|mail ?box|account|alias|addressee|rcpt|e-?mail|receiver)|unknown (in|to) (the |our |this |local |virtual )|\bunknown:? <?x@y|unknown (e-?mail |mail ?)?account|user path no exist|address lookup .{0,30}failed|unable to find (\w+ )?(user|recipient|alias)|recipient (cannot|can't|could not) be verified|(recipient|user|address) rejected:? (is )?unknown|5\.1\.0 (<x@y> )?address rejected|adresse? (d'|de )?\w* ?inconnue?/i,
  ],
  // No such user here. No mailbox here by that name. There is no such recipient. Not a valid mailbox
  [
    'user-unknown',
    /\bno such ((local|virtual|e-?mail|mail|domain|valid) )*(user|recipient|mail ?box|address|account|person|alias|id|name|addressee|customer|subscriber|directory|mailing|login|people)|no (mail ?box|user( account)?|account|recipient|one) ("|here|found|by that|with (that|this)|matching|named|exists?|called|for)|there is no (\w+ ){0,3}(user|mailbox|account|address|recipient|one)|(not|n't|isn't|never) (a )?(valid|known|existing|real|legal|local|active|registered|recogni[sz]ed|correct) (e-?mail |local |smtp )?(mail ?box|user|recipient|address|account|addressee|destination|customer)|(addresse?e?|mail ?box|user|recipient|account) (is )?(not|n't) (a )?(valid|known|correct)\b|no (valid|matching) (recipient|user|mailbox|address)(?!s were)|(recipients?|user|mail ?box|account|address) (does|do|did|could|can|has|is|are|was|were|name)( ?not|n't) (be )?(found|exists?|located|known|identified|match)|can(not|'t) find (the |a |your |that |this )?(recipient|user|mail ?box|account|address)/i,
  ],
  // The email account that you tried to reach does not exist. Recipient not found. Mailbox does not exist
  [
    'user-unknown',
    /(mail ?box|user|recipient|account|address|alias|addressee|customer|e-?mail|inbox|x@y>?|person|id|list|group|receiver|subscriber|login|username)('s)?( name| address| account| mailbox| id)?( (<[^<>]{0,80}>|\[[^[\]]{0,80}\]|\([^()]{0,80}\)|"[^"]{0,80}"|x@y|\S{1,64}(?= do| is| was| not)))?( (that )?you (are )?(tried|trying|entered|specified|sent to|wanted)( to)?( reach| contact| send to)?| specified| here| you have entered| with (this|that) name| in question)? ?[:,-]? ?(that |which |is |was |has )?(does(n't| not| no| n't)|do(n't| not)|did(n't| not)|not?|non|no longer|could(n't| not) be|can(not|'t) be|never|is not|isn't|wasn't) ?-?(longer )?(be )?(exist|found|listed|present|known|located|registered|recogni[sz]ed|(a )?valid|available anymore|an? (existing|valid)|here|in (the|our) (directory|system|database|domain|list)|(on|at|in) this (server|system|host|domain)|match(ed|ing)?)/i,
  ],
  // Invalid recipient. Illegal user. Undeliverable address. Unrouteable address. Bad destination mailbox address
  [
    'user-unknown',
    /(invalid|illegal|incorrect|wrong|nonexist\w*|non-exist\w*|undeliverable|undefined|unroute?able|un-?rout(e)?able|mistyped|misspelled|bad|fictitious|bogus|obsolete|unavailable) (final )?(delivery |destination |local |e-?mail |mail |rcpt |to |smtp )*(mail ?box|user ?(id|name)?|recipients?|address|account|addressee|receiver|username|userid|alias)(?!.{0,20}syntax error in (mail|sender))|(recipient|user|mail ?box|address|account)s?( address| name)?( <?x@y>?)? (is |was )?(invalid|incorrect|illegal|nonexist|undeliverable|un-?rout|misspelled|obsolete|bogus)|not listed in (the |public |domino |our )*(name|domino|directory|address|notes|lotus)|non r[ée]pertori[ée] dans l.annuaire|no se encuentra en el directorio|nicht im \S{0,20} ?(verzeichnis|adressbuch)|(ディレクトリ|アドレス帳).{0,10}(見つかりません|ありません|登録されていません)|not (listed|found|present|contained) in (\w+ ){0,3}(directory|address ?book|database|user list|table|ldap|ad\b|active directory)|directory lookup.{0,20}(fail|not)|name is not recogni[sz]ed|recipient name .{0,20}not|(e-?mail|mail) account .{0,40}not (been )?(found|exist|set ?up)|doesn't have an? \S+ account|dosn't exist|no mail ?box|RecipNotFound|ADR\.RecipNotFound|RecipientNotFound|resolver\.adr\.(recip|ex|rfc)\w*notfound|recipient not (found|exist|ok|valid|known|defined|registered|in)|bad (destination )?mail ?box address|not our customer|(does not|doesn't) (have an account|handle mail for that user)|not a member of domain|rcpt user .{0,20}not ok|no longer an employee|(is )?not (a |an )?(\w+ )?(user|subscriber|customer|recipient)( here| of this| at this| on this)|delivery to the following recipients? failed permanently.{0,10}unknown/i,
  ],
  // User has moved; please try another address. No longer works here. Account has been deleted
  [
    'user-moved',
    /(user|recipient|mail ?box|account|address|person|employee|he|she|they|x@y>?)( \S{1,40})?( (is|has|have|was|been))* (no longer (valid|available|active|in (use|service)|with|works?|here|exist|at|used|employed|on|receiv|accept|a )|moved|been (moved|deleted|removed|terminated|cancell?ed|discontinued|retired|purged|erased)|deleted|removed|terminated|cancell?ed|discontinued|retired|left (the )?(company|organi[sz]ation|firm)|changed (their |his |her )?(address|e-?mail))|user not local; please try|has moved|(^|[^\d.])5\.1\.6(?![\d.])|(deleted|terminated|cancell?ed|discontinued|removed|retired|expunged) (user|account|mail ?box|address)|account (has been )?(closed|deleted|terminated) (by|at)/i,
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
    /null ?-?mx|indicated no smtp service|(domain|host|recipient|destination)( \S{1,80})? (does not|doesn't|do not|never) (accept|receive|want|handle) (any )?(e-?)?mails?(?! from)|(^|[^\d.])5\.(1\.10|5\.6)(?![\d.]).{0,80}(null|mx|accept)|smtp service is disabled|the domain does not accept mail/i,
  ],
  // The same in German, French, Spanish, Portuguese, Italian, Dutch, Polish, Swedish, Turkish
  [
    'user-unknown',
    /(benutzer|empf(ä|ae)nger|adressat|postfach|adresse|konto|mailbox)\S{0,20} .{0,60}((nicht|un) ?(bekannt|gefunden|existier|vorhanden|g(ü|ue)ltig)|existiert nicht|konnte nicht gefunden|ung(ü|ue)ltig)|(utilisateur|destinataire|adresse|compte|bo[iî]te)\S{0,20} .{0,60}(inconnue?|inexistante?|introuvable|n'existe|n'a pas (pu )?(ét|et)(é|e) trouv|invalide|invalid)|(usuario|destinatario|buz[oó]n|cuenta|direcci[oó]n|correo)\S{0,20} .{0,60}(desconocid|inexistente|no existe|no (se )?(ha )?(pud|pod|encontr|se encontr)|no encontrad|inv[aá]lid)|(usu[aá]rio|destinat[aá]rio|conta|endere[cç]o|caixa)\S{0,20} .{0,60}(desconhecid|inexistente|n[aã]o (existe|encontrad|foi (poss|encontr)))|(utente|destin\S*|casella|indirizzo|account) .{0,60}(sconosciut|inesistente|non (esiste|trovat|valid|(è|e) stat))|(gebruiker|ontvanger|adres|postvak) .{0,60}(onbekend|bestaat niet|niet gevonden)|nie ma takiego (konta|u(ż|z)ytkownika|adresu)|(u(ż|z)ytkownik|adresat|konto|adres) .{0,60}(nieznan|nie (istnieje|znaleziono))|(anv(ä|a)ndare|mottagare|adressen) .{0,60}(ok(ä|a)nd|finns inte|hittades inte)|(kullan[ıi]c[ıi]|al[ıi]c[ıi]) .{0,60}(bulunamad|yok|bilinm)/iu,
  ],
  // The same in Chinese, Japanese, Korean and Russian
  [
    'user-unknown',
    /(用户|使用者|用戶|邮箱|郵箱|信箱|收件人|账号|帐号|账户|帳號|地址|邮件地址)[^。]{0,30}(不存在|不正确|无效|無效|未找到|找不到|没有找到|錯誤|不明)|(无效|不存在)的?(用户|收件人|邮箱|地址)|找不到.{0,20}(收件人|用户|邮箱|地址|邮件地址)|查无此(人|用户)|(ユーザー?|宛先|メールアドレス|メールボックス|受信者|あて先|アドレス)[^。]{0,30}(存在しま(せ|し)|存在しない|見つかりま|見つからない|不明|ありません)|(사용자|수신자|받는 사람|주소|계정|메일함).{0,30}(없|찾을 수|존재하지)|(пользовател\S+|получател\S+|ящик|адрес\S*|аккаунт)[^.]{0,60}не (найден|существует|зарегистрирован|обнаружен)|нет такого (пользователя|ящика|адреса)|(неверн|неизвестн|несуществующ)\S{1,4} (адрес|пользовател|получател)/iu,
  ],
]);

/** The domain of the address does not exist. A resolver that only failed for now is another thing. */
export const hostRules: readonly Rule[] = rules('hard', [
  // Host or domain name not found. Name service error for name=x type=A: Host not found. Unknown host. Bad domain
  [
    'host-unknown',
    /host (or domain )?(name )?(lookup did not find|not found|unknown|does not exist)(?!.{0,100}try again)|(unknown|bad|invalid|illegal|no such|nonexist\w*|non-existent|unroute?able|unresolvable) (remote |destination |mail |recipient )?(host|domain|mail domain|host\/domain)( name)?\b(?!.{0,40}(sender|helo))|domain (name )?(\S{1,80} )?(does not|doesn't|could not be|cannot be|is not|not|isn't|couldn't be) (exist|found|resolve|valid|known|a valid)|\bnxdomain\b|name or service not known|no (dns|mx|a|such|valid|usable|working) (record|host|mail ?server|mx|records|domain|exchanger)?.{0,20}(for (this |the )?(domain|host|\S+\.\S+)|found|exist|defined)|(remote )?(host|domain) (is )?(unknown|not known|non-?exist)|non-?exist\w* domain|all relevant mx records point to non-existent hosts|can(not|'t) find (a |any |the )?(host|domain|mail ?server|mx)( named)?|couldn't find any host named|dns (error|lookup).{0,60}(domain name (was )?not found|nxdomain|non-existent|no such domain|does not exist)|address resolution.{0,40}failed.{0,40}(not found|no such)|the recipient's? domain .{0,60}(not exist|not found)|no route to (domain|host):? ?(not found)|域名.{0,8}(不存在|无效)|(домен) .{0,20}не (найден|существует)/iu,
  ],
]);
