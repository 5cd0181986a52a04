/** The address is bad, in other languages than English. */
import { type Rule, rules } from './rule.ts';

export const foreignRules: readonly Rule[] = rules('hard', [
  // Unknown user, in German, French, Spanish, Portuguese, Italian, Dutch, Polish, Swedish, Turkish
  [
    'user-unknown',
    /(benutzer|empf(ä|ae)nger|adressat|postfach|adresse|konto|mailbox)\S{0,20} .{0,60}((nicht|un) ?(bekannt|gefunden|existier|vorhanden|g(ü|ue)ltig)|existiert nicht|konnte nicht gefunden|ung(ü|ue)ltig)/i,
    /(utilisateur|destinataire|adresse|compte|bo[iî]te)\S{0,20} .{0,60}(inconnue?|inexistante?|introuvable|n'existe|n'a pas (pu )?(ét|et)(é|e) trouv|invalide|invalid)/i,
    /(usuario|destinatario|buz[oó]n|cuenta|direcci[oó]n|correo)\S{0,20} .{0,60}(desconocid|inexistente|no existe|no (se )?(ha )?(pud|pod|encontr|se encontr)|no encontrad|inv[aá]lid)/i,
    /(usu[aá]rio|destinat[aá]rio|conta|endere[cç]o|caixa)\S{0,20} .{0,60}(desconhecid|inexistente|n[aã]o (existe|encontrad|foi (poss|encontr)))/i,
    /(utente|destin\S*|casella|indirizzo|account) .{0,60}(sconosciut|inesistente|non (esiste|trovat|valid|(è|e) stat))/i,
    /(gebruiker|ontvanger|adres|postvak) .{0,60}(onbekend|bestaat niet|niet gevonden)/i,
    /nie ma takiego (konta|u(ż|z)ytkownika|adresu)/i,
    /(u(ż|z)ytkownik|adresat|konto|adres) .{0,60}(nieznan|nie (istnieje|znaleziono))/i,
    /(anv(ä|a)ndare|mottagare|adressen) .{0,60}(ok(ä|a)nd|finns inte|hittades inte)/i,
    /(kullan[ıi]c[ıi]|al[ıi]c[ıi]) .{0,60}(bulunamad|yok|bilinm)/i,
  ],
  // Unknown user, in Chinese, Japanese, Korean and Russian
  [
    'user-unknown',
    /(用户|使用者|用戶|邮箱|郵箱|信箱|收件人|账号|帐号|账户|帳號|地址|邮件地址)[^。]{0,30}(不存在|不正确|无效|無效|未找到|找不到|没有找到|錯誤|不明)/i,
    /(无效|不存在)的?(用户|收件人|邮箱|地址)/i,
    /找不到.{0,20}(收件人|用户|邮箱|地址|邮件地址)/i,
    /查无此(人|用户)/i,
    /(ユーザー?|宛先|メールアドレス|メールボックス|受信者|あて先|アドレス)[^。]{0,30}(存在しま(せ|し)|存在しない|見つかりま|見つからない|不明|ありません)/i,
    /(사용자|수신자|받는 사람|주소|계정|메일함).{0,30}(없|찾을 수|존재하지)/i,
    /(пользовател\S+|получател\S+|ящик|адрес\S*|аккаунт)[^.]{0,60}не (найден|существует|зарегистрирован|обнаружен)/i,
    /нет такого (пользователя|ящика|адреса)/i,
    /(неверн|неизвестн|несуществующ)\S{1,4} (адрес|пользовател|получател)/i,
  ],
]);
