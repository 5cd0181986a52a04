/**
 * Words that tools write for statuses, folded by `foldWord` and compared as a whole, since `unsubscribed` contains a word
 * for the opposite. The import asks about words that are not listed here.
 */
import { foldWord } from './fold.ts';
import type { Status } from './status.ts';

/** These words cannot mean anything else, so they raise a question in any column. */
const UNMISTAKABLE: Readonly<Partial<Record<Status, string>>> = {
  left: `unsubscribed, unsubscribe, unsubscribes, opted out, opt out, optout, optedout, blocklisted, blacklisted,
    block listed, black listed, globally unsubscribed, unsubscribed by admin, unsub, do not email, do not contact,
    do not mail, nomail, abgemeldet, abbestellt, ausgetragen, desabonne, desabonnee, desinscrit, desinscrite,
    dado de baja, dada de baja, de baja, disiscritto, disiscritta, descadastrado, descadastrada, uitgeschreven, 登録解除,
    登録解除済み, 解除済み, 配信停止, 配信停止済み, 購読解除, 退会, 退会済み, ブロックリスト対象, 退订, 已退订, 取消订阅, 已取消订阅,
    列入黑名单, 黑名单, 退訂, 已退訂, 取消訂閱, 已取消訂閱, 수신거부, 구독취소, abonelikten çıktı, abonelikten çıkmış,
    abonelikten ayrıldı, abonelikten çıkarıldı, abonelik iptal, abonelik iptal edildi, aboneliği iptal edildi,
    aboneliği iptal, aboneliğini iptal etti, aboneliği sonlandırıldı, listeden çıktı, listeden ayrıldı, bültenden çıktı,
    bültenden ayrıldı, kara liste, kara listede`,
  bounced: `cleaned, bounced, hard bounced, hard bounce, hardbounce, hardbounced, undeliverable, unzustellbar, rebotado,
    rebotada, 退信, 已退信, バウンス, iletilemedi, geri döndü`,
  complained: `complained, complaint, spam complaint, spam complained, spammy, abuse complaint, marked as spam,
    reported spam, reported as spam, 投诉, 已投诉, 投訴, 苦情, spam şikayeti`,
};

/** Only in status columns. */
const IN_STATUS_COLUMNS: Readonly<Partial<Record<Status, string>>> = {
  left: `removed, blocked, suppressed, deleted, left, signed off, blockiert, gesperrt, geloscht, bloque, bloquee,
    bloqueado, bloqueada, baja, cancelado, cancelada, cancellato, cancellata, supprime, supprimee, 已屏蔽, 屏蔽, 封锁, 已封锁,
    ブロック済み, ブロック, iptal, iptal edildi, iptal etti, çıktı, ayrıldı, engellendi, silindi`,
  bounced: `unreachable, invalid, invalid email, invalid address, bounce, bouncing, bounced email, mailbox not found,
    ungultig, invalide, adresse invalide, erreur, rebote, 无效邮箱, 無効なアドレス, エラー, geçersiz, geçersiz adres, geçersiz e-posta,
    hatalı adres, ulaşılamıyor`,
  complained: 'junk, spam, abuse, beschwerde, plainte, queja, 垃圾邮件, şikayet, şikayet etti',
  unconfirmed: `pending, unactivated, unconfirmed, unverified, not confirmed, not verified, awaiting confirmation,
    pending confirmation, confirmation pending, waiting for confirmation, double opt in pending, opt in pending,
    optin pending, invited, bestatigung ausstehend, unbestatigt, nicht bestatigt, ausstehend, non confirme,
    non confirmee, en attente, en attente de confirmation, sin confirmar, no confirmado, no confirmada, pendiente,
    non confermato, in attesa, nao confirmado, pendente, 未確認, 確認待ち, 仮登録, 未确认, 待确认, 未激活, 未验证, 未確認用戶, beklemede, onay bekliyor,
    onay bekleniyor, onaylanmadı, onaylanmamış, onaysız, doğrulanmadı, doğrulanmamış`,
  mailable: `subscribed, active, confirmed, enabled, regular, opted in, opt in, optin, verified, angemeldet, abonniert,
    bestatigt, aktiviert, aktiv, abonne, abonnee, inscrit, inscrite, confirme, confirmee, actif, activee, suscrito,
    suscrita, confirmado, confirmada, habilitado, habilitada, activo, activa, iscritto, iscritta, confermato,
    confermata, attivo, attiva, inscrito, inscrita, ativo, ativa, 加入済み, 確認済み, 有効, 購読中, 登録済み, 订阅, 已订阅, 订阅中,
    已确认, 启用, 已启用, 有效, 訂閱, 已訂閱, 已確認, 啟用, abone, abone oldu, aktif, etkin, onaylı, onaylandı, doğrulandı`,
};

export const STATUS_WORDS: ReadonlyMap<string, Status> = new Map([
  ...entries(UNMISTAKABLE),
  ...entries(IN_STATUS_COLUMNS),
]);

const UNMISTAKABLE_WORDS = new Map(entries(UNMISTAKABLE));

/** Whether the folded cell can only mean that somebody must not be written to. */
export const isUnmistakable = (word: string): boolean => UNMISTAKABLE_WORDS.has(word);

function entries(table: Readonly<Partial<Record<Status, string>>>): [string, Status][] {
  return Object.entries(table).flatMap(([status, list]) =>
    list.split(',').map((word): [string, Status] => [foldWord(word.trim()), status as Status]),
  );
}

const TRUE = new Set(
  'true yes y t 1 on x checked ja j wahr oui vrai o si s verdadero sim vero 是 はい 真 あり ○ 可 する 希望する да tak evet var 예'.split(
    ' ',
  ),
);
const FALSE = new Set(
  'false no n f 0 off unchecked nein falsch non faux nao 否 いいえ 假 なし × 不可 しない 希望しない нет nie nee nej hayir yok 아니오'.split(
    ' ',
  ),
);
/** What databases and spreadsheets write for an empty value. */
const BLANKS = new Set([
  '',
  'null',
  'none',
  'nil',
  'n',
  'na',
  'n/a',
  'nan',
  '\\n',
  'never',
  '–',
  '—',
  '#n/a',
]);

export const isTrue = (word: string): boolean => TRUE.has(word);
export const isFalse = (word: string): boolean => FALSE.has(word);
/** Also MySQL's `0000-00-00 00:00:00`. */
export const isBlank = (word: string): boolean => BLANKS.has(word) || /^[0 :.]{8,}$/.test(word);
/** No answer: unlike other blanks, `never`, `none` and `n` answer the question "may we write to you?". */
export const isUnanswered = (word: string): boolean =>
  isBlank(word) && !isFalse(word) && word !== 'never' && word !== 'none';
