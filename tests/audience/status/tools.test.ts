/** What each tool's export says about people, recognised by its header. No database. */
import { expect, it } from 'vitest';
import { readCsv } from '../../../src/audience/csv/read.ts';
import { readHeader } from '../../../src/audience/import/columns.ts';
import { NO_ANSWERS, readAnswers, type StatusAnswers } from '../../../src/audience/status/answers.ts';
import { StatusReader } from '../../../src/audience/status/reader.ts';
import { chunks } from '../fixtures.ts';

/** The status of each row; `mailable` also where no column says anything. */
async function statuses(
  content: string,
  { name = '', answers = {} }: { name?: string; answers?: Partial<StatusAnswers> } = {},
): Promise<string[]> {
  const rows: string[][] = [];
  for await (const records of readCsv(chunks(content, 1_000)))
    for (const record of records) rows.push(record.cells ?? []);
  const [first = [], ...others] = rows;
  const header = readHeader({ line: 1, cells: first });
  const reader = new StatusReader(
    name,
    { ...header, own: header.history !== null },
    { ...NO_ANSWERS, ...answers },
  );
  const padded = others.map((cells) => [...cells, ...Array<string>(60).fill('')]);
  for (const cells of padded) reader.observe(cells);
  reader.ignoreBlankFlags();
  return padded.map(
    (cells) => reader.read(cells)?.status ?? (reader.suspicious(cells) ? 'unknown' : 'mailable'),
  );
}

const a = 'a@example.org';

it.each<[tool: string, content: string, expected: string[]]>([
  [
    'Mailchimp, unsubscribed',
    `Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LEID,EUID,NOTES,TAGS\n${a},Ann,Lee,2,,2018-02-12 10:54:27,,NORMAL,1,2,,`,
    ['left'],
  ],
  [
    'Mailchimp, cleaned: a row without UNSUB_TIME is not a reader',
    `Email Address,First Name,Last Name,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,LEID,EUID,NOTES,TAGS\n${a},Ann,Lee,2018-02-12 10:54:27,,1,2,,"""a"",""b"""`,
    ['bounced'],
  ],
  [
    'Mailchimp, subscribed, with SMS_MARKETING_STATUS of another medium',
    `Email Address,First Name,LAST_CHANGED,LEID,SMS_MARKETING_STATUS\n${a},Ann,2018-02-12 10:54:27,1,unsubscribed_sms`,
    ['mailable'],
  ],
  [
    'Substack: money is no status, email_disabled is',
    `email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n${a},false,,other,false,2021-01-01T00:00:00Z,\n${a},true,,,true,2021-01-01T00:00:00Z,`,
    ['mailable', 'left'],
  ],
  [
    'Ghost',
    `id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers\n1,${a},,,true,,,,,,\n2,${a},,,false,,,,,,\n3,${a},,,true,,,,2024-01-01T00:00:00.000Z,,`,
    ['mailable', 'left', 'left'],
  ],
  [
    'Buttondown',
    `id,secondary_id,email,notes,subscriber_type,creation_date,unsubscription_date\n1,1,${a},,regular,,\n1,1,${a},,churning,,\n1,1,${a},,past_due,,\n1,1,${a},,unactivated,,\n1,1,${a},,removed,,\n1,1,${a},,spammy,,\n1,1,${a},,undeliverable,,\n1,1,${a},,complained,,\n1,1,${a},,blocked,,\n1,1,${a},,regular,,2024-01-01`,
    [
      'mailable',
      'mailable',
      'mailable',
      'unconfirmed',
      'left',
      'complained',
      'bounced',
      'complained',
      'left',
      'left',
    ],
  ],
  [
    'Kit: cancelled is left, inactive never confirmed, cold is asked about',
    `first_name,email,created_at,status\nA,${a},2021,active\nA,${a},2021,inactive\nA,${a},2021,cancelled\nA,${a},2021,bounced\nA,${a},2021,complained\nA,${a},2021,cold`,
    ['mailable', 'unconfirmed', 'left', 'bounced', 'complained', 'unknown'],
  ],
  [
    'beehiiv: inactive is left, and so is active with unsubscribed_at',
    `email,First Name,Last Name,status,tier,created_at,stripe_customer_id,unsubscribed_at\n${a},,,active,free,,,\n${a},,,inactive,free,,,\n${a},,,pending,free,,,\n${a},,,active,free,,,2023-05-04 10:00:00 UTC`,
    ['mailable', 'left', 'unconfirmed', 'left'],
  ],
  ['beehiiv, short', `Email,Status,Created At,Subscription Tier\n${a},inactive,2021,free`, ['left']],
  [
    'MailerLite: Subscriber is the address, Subscribed a date',
    `Subscriber,Name,Last name,Subscribed,Groups\n${a},Ann,Lee,2021-01-01 10:00:00,`,
    ['mailable'],
  ],
  [
    'Brevo',
    `CONTACT ID;EMAIL;LASTNAME;FIRSTNAME;SMS;DOUBLE_OPT-IN;OPT_IN;EXT_ID;EMAIL_BLACKLISTED;ADDED_TIME\n1;${a};;;;;;;No;01-02-2023\n1;${a};;;;;;;Yes;01-02-2023`,
    ['mailable', 'left'],
  ],
  [
    'Brevo, an answer and a blank to OPT_IN',
    `CONTACT ID;EMAIL;OPT_IN;EXT_ID\n1;${a};Yes;\n1;${a};No;\n1;${a};;`,
    ['mailable', 'unconfirmed', 'unknown'],
  ],
  [
    'Constant Contact: blank and no permission are asked about',
    `Email address,First name,Email status,Email permission status,Confirmed Opt-Out Date,Confirmed Opt-Out Reason\n${a},,Active,Active,,\n${a},,Unsubscribed,Unsubscribed,,\n${a},,Active,Awaiting Confirmation,,\n${a},,Active,No Permissions Set,,\n${a},,Active,,,\n${a},,Active,Active,2024-01-02,`,
    ['mailable', 'left', 'unconfirmed', 'unknown', 'unknown', 'left'],
  ],
  [
    'HubSpot',
    `Email,Unsubscribed from all email,Opted out of email: Weekly,Email hard bounce reason,Email address quarantined\n${a},,,,\n${a},true,,,\n${a},,true,,\n${a},,,UNKNOWN_USER,\n${a},,,,true\n${a},false,false,,false`,
    ['mailable', 'left', 'left', 'bounced', 'bounced', 'mailable'],
  ],
  [
    'listmonk: disabled is asked about',
    `uuid,email,name,attributes,status,created_at,updated_at\n1,${a},,{},enabled,,\n1,${a},,{},disabled,,\n1,${a},,{},blocklisted,,`,
    ['mailable', 'unknown', 'left'],
  ],
  [
    'Keila',
    `Email,First name,Last name,Data,Status\n${a},,,,active\n${a},,,,unsubscribed\n${a},,,,unreachable`,
    ['mailable', 'left', 'bounced'],
  ],
  [
    'phpList',
    `id\tEmail\tIs this subscriber confirmed\tIs this subscriber blacklisted\tDid this subscriber manually confirm\tNumber of bounces\tIs this account disabled?\n1\t${a}\t1\t0\t0\t3\t0\n1\t${a}\t0\t0\t0\t0\t0\n1\t${a}\t1\t1\t1\t0\t0\n1\t${a}\t1\t0\t1\t0\t1`,
    ['mailable', 'unconfirmed', 'left', 'left'],
  ],
  [
    'Mailtrain',
    `cid,status,HASH_EMAIL,EMAIL\n1,subscribed,x,${a}\n1,unsubscribed,x,${a}\n1,bounced,x,${a}\n1,complained,x,${a}`,
    ['mailable', 'left', 'bounced', 'complained'],
  ],
  [
    'MailPoet: List status and Global status',
    `Email,First name,List status,Global status,List\n${a},,subscribed,subscribed,A\n${a},,unsubscribed,subscribed,B\n${a},,subscribed,bounced,B\n${a},,subscribed,inactive,B\n${a},,unconfirmed,unconfirmed,B`,
    ['mailable', 'left', 'bounced', 'unknown', 'unconfirmed'],
  ],
  [
    'Newsletter for WordPress, letters, a trailing separator',
    `"Email";"Name";"Surname";"Gender";"Status";"Date";"Token";"Profile 1";"Feed by mail";"Follow up";"IP";\n${['C', 'S', 'U', 'B', 'P'].map((letter) => `"${a}";"";"";"";"${letter}";"";"";"";"";"";"";`).join('\n')}`,
    ['mailable', 'unconfirmed', 'left', 'bounced', 'complained'],
  ],
  [
    'letters of any other tool are asked about',
    `email,status\n${a},C\n${a},S\n${a},P`,
    ['unknown', 'unknown', 'unknown'],
  ],
  [
    'Discourse: accounts',
    `id,name,username,email,title,created_at,trust_level,active,admin,moderator\n1,Ann,ann,${a},,2021-01-01 00:00:00 UTC,1,false,false,false`,
    ['mailable'],
  ],
  [
    'Odoo and CiviCRM',
    `Email,Opt Out,Blacklist,Do Not Email,No Bulk Emails (User Opt Out),Is Opt Out,On Hold\n${a},,,,,,\n${a},True,,,,,\n${a},,1,,,,\n${a},,,Yes,,,\n${a},,,,Yes,,\n${a},,,,,1,\n${a},,,,,,On Hold Bounce\n${a},False,0,No,No,0,No`,
    ['mailable', 'left', 'left', 'left', 'left', 'left', 'bounced', 'mailable'],
  ],
  [
    'Patreon: payment is no consent, and no departure',
    `Name,Email,Patron Status,Follows You,Free Member\nAnn,${a},Former patron,No,No`,
    ['mailable'],
  ],
  [
    'Steady',
    `first_name,last_name,email,plan_name,subscription_state,subscribed_at,cancelled_at,expires_at\nA,B,${a},x,cancelled,2021-01-01,2022-01-01,2022-01-01`,
    ['mailable'],
  ],
  ['cancelled of an unknown tool', `email,status\n${a},cancelled`, ['unknown']],
  ['inactive of an unknown tool', `email,status\n${a},inactive`, ['unknown']],
  ['numbers', `email,status\n${a},1\n${a},0`, ['unknown', 'unknown']],
  ['an empty status', `email,status\n${a},\n${a},active`, ['unknown', 'mailable']],
  ['Shopify', `Email,Accepts Email Marketing\n${a},yes\n${a},no`, ['mailable', 'left']],
  ['MailUp', `email,OptOut_Date\n${a},2020-01-01\n${a},`, ['left', 'mailable']],
  ['active_subscription alone', `email,active_subscription\n${a},false\n${a},true`, ['unknown', 'mailable']],
  ['opt_in', `email,opt_in\n${a},no\n${a},yes`, ['unconfirmed', 'mailable']],
  ['a flag that is blank throughout', `email,opt_in\n${a},\n${a},`, ['mailable', 'mailable']],
  [
    'zero dates',
    `email,unsubscribed_at\n${a},0000-00-00 00:00:00\n${a},NULL\n${a},0`,
    ['mailable', 'mailable', 'mailable'],
  ],
  [
    'Klaviyo',
    `Email,Email Marketing Consent\n${a},SUBSCRIBED\n${a},UNSUBSCRIBED\n${a},NEVER_SUBSCRIBED`,
    ['mailable', 'left', 'unknown'],
  ],
  [
    'a column called alike',
    `email,is_unsubscribed,Bounced At,Marked as spam\n${a},t,,\n${a},f,2020-01-01,\n${a},f,,yes\n${a},f,,`,
    ['left', 'bounced', 'complained', 'mailable'],
  ],
  [
    'camel case',
    `email,unsubscribedAt,hasOptedOutOfEmail\n${a},2020-01-01,\n${a},,TRUE\n${a},,FALSE`,
    ['left', 'left', 'mailable'],
  ],
  ['a status in a column of any name', `email,Zustellung\n${a},Abgemeldet\n${a},ok`, ['unknown', 'mailable']],
])('%s', async (_, content, expected) => {
  expect(await statuses(content)).toEqual(expected);
});

it.each([
  ['unsubscribed_email_audience_export_1a2b.csv', 'left'],
  ['unsubscribed_members_export_1a2b (1).csv', 'left'],
  ['cleaned_email_audience_export_1a2b.csv', 'bounced'],
  ['nonsubscribed_email_audience_export_1a2b.csv', 'unknown'],
  ['subscribed_email_audience_export_1a2b.csv', 'mailable'],
  ['/tmp/archive/cleaned_segment_export_1a2b.csv', 'bounced'],
  ['weekly-unsubscribed.csv', 'unknown'],
  ['/home/unsubscribed/readers.csv', 'mailable'],
])('the file name %s says %s', async (name, expected) => {
  expect(await statuses(`email\n${a}`, { name })).toEqual([expected]);
});

it.each<[words: string, meaning: string]>([
  [
    'Unsubscribed|OPTED OUT|opted_out|blocklisted|removed|abgemeldet|Abgemeldet |blockiert|désabonné|désabonnée|désabonné·e|désabonné(e)|désinscrit|bloqué|dado de baja|bloqueada|登録解除|解除済み|ブロックリスト対象|退订|已退订|取消订阅|列入黑名单|ｕｎｓｕｂｓｃｒｉｂｅｄ',
    'left',
  ],
  ['cleaned|Bounced|undeliverable|unreachable|invalid|Hard Bounced', 'bounced'],
  ['complained|spam complaint|spammy|junk', 'complained'],
  [
    'pending|unactivated|unconfirmed|Awaiting confirmation|double_opt_in_pending|Bestätigung ausstehend|non confirmé|non confirmé·e|sin confirmar|未確認|未确认',
    'unconfirmed',
  ],
  [
    'subscribed|Active|confirmed|enabled|regular|angemeldet|bestätigt|aktiviert|abonné|confirmée|activé|suscrita|confirmada|habilitada|加入済み|確認済み|有効|購読中|订阅|已确认|启用',
    'mailable',
  ],
  [
    'disabled|archived|cold|inactive|cancelled|transactional|nonsubscribed|no permissions set|1|deaktiviert|not subscribed|soft bounced|VIP',
    'unknown',
  ],
])('the words %s mean %s', async (words, meaning) => {
  const list = words.split('|');
  expect(await statuses(`email,status\n${list.map((word) => `${a},${word}`).join('\n')}`)).toEqual(
    list.map(() => meaning),
  );
});

it.each<[title: string, expected: Record<string, string>]>([
  [
    'durum',
    {
      abone: 'mailable',
      AKTİF: 'mailable',
      'Abonelikten çıktı': 'left',
      'ABONELİKTEN ÇIKTI': 'left',
      iptal: 'left',
      'Geçersiz e-posta': 'bounced',
      şikayet: 'complained',
      'Onay bekliyor': 'unconfirmed',
      'abone değil': 'unknown',
      pasif: 'unknown',
      üye: 'unknown',
    },
  ],
  ['Abonelik Durumu', { aktif: 'mailable', 'İptal edildi': 'left', '1': 'unknown' }],
  ['ABONELİK DURUMU', { iptal: 'left' }],
  ['Abone', { evet: 'mailable', HAYIR: 'left', hayır: 'left', belki: 'unknown' }],
  ['Abonelikten çıktı', { evet: 'left', hayır: 'mailable', '03.02.2020': 'left' }],
  ['Abonelik iptal tarihi', { '2020-02-03': 'left' }],
  ['E-posta izni', { yok: 'left', var: 'mailable' }],
  ['Onaylı', { hayır: 'unconfirmed', evet: 'mailable' }],
  ['Aktif', { hayır: 'unknown', evet: 'mailable' }],
  ['İptal', { evet: 'unknown', hayır: 'mailable' }],
  ['Kara liste', { evet: 'left' }],
  ['Bülteni iptal edenler', { evet: 'unknown' }],
  ['Not', { 'abonelikten çıktı': 'unknown', 'iyi bir yorum bıraktı': 'mailable' }],
])('reads Turkish: a column "%s"', async (title, expected) => {
  const words = Object.keys(expected);
  expect(
    await statuses(`E-posta adresi,${title}\n${words.map((word) => `${a},${word}`).join('\n')}`),
  ).toEqual(Object.values(expected));
});

it('--treat says what an unknown word means, --status-column and --attribute-column what a column is', async () => {
  const file = `email,status,Zustand,state\n${a},disabled,,Texas\n${a},active,Abgemeldet,Texas\n${a},,ok,Texas`;
  const answers = {
    treat: readAnswers(['disabled=left', 'blank=confirmed', 'OK=confirmed']),
    statusColumns: ['Zustand'],
    attributeColumns: ['state'],
  };
  expect(await statuses(file, { answers })).toEqual(['left', 'left', 'mailable']);
});

it('--treat brings nobody back, and takes no other meanings', () => {
  expect(() => readAnswers(['unsubscribed=confirmed'])).toThrow(/brings nobody back/);
  expect(() => readAnswers(['Cleaned=pending'])).toThrow(/brings nobody back/);
  expect(() => readAnswers(['active'])).toThrow(/WORD=confirmed/);
  expect(() => readAnswers(['active=maybe'])).toThrow(/WORD=confirmed/);
});

it.each<[title: string, cell: string, meaning: string]>([
  ['Consent to marketing', 'No', 'unknown'],
  ['Consent to marketing', 'Yes', 'unknown'],
  ['Gets our newsletter by mail', '0', 'unknown'],
  ['Day they unsubscribed us', '2020-01-01', 'unknown'],
  ['Date of unsubscription', '2020-01-01', 'left'],
  ['Bounce type', 'hard', 'unknown'],
  ['Suppression reason', 'spam', 'left'],
  ['Hard bounces', '0', 'mailable'],
  ['Hard bounces', '2', 'bounced'],
  ['unsubscribe_url', 'https://example.org/u/1', 'mailable'],
  ['Number of bounces', '3', 'mailable'],
  ['Newsletter frequency', 'weekly', 'mailable'],
  ['Subscription plan', 'yes', 'mailable'],
  ['attributes', '"{""unsubscribed"": true}"', 'unknown'],
  ['attributes', '"{""status"": ""unsubscribed""}"', 'unknown'],
  ['attributes', '"{""optin"": false}"', 'unknown'],
  ['attributes', '"{""optin"": true, ""good"": true, ""unsubscribed"": false}"', 'mailable'],
  ['city', 'Bounce', 'mailable'],
  // Prose is no word, wherever it stands.
  ['status', 'left a nice review', 'unknown'],
  ['status', 'Unsubscribed (user request)', 'unknown'],
  ['Left', 'a nice review', 'unknown'],
  ['Left', 'left 3 nice reviews', 'unknown'],
  ['Left', 'Mon Feb 03 2020 10:00:00 GMT+0000 (UTC)', 'left'],
  ['Unsubscribed', 'friend recommended', 'unknown'],
  ['Unsubscribed', 'subscribed', 'unknown'],
  ['Unsubscribed', 'opted out', 'left'],
  ['Unsubscribe reason', 'too many of them', 'left'],
  ['Unsubscribe comment', 'unsubscribed friend recommended', 'unknown'],
  ['Complaint', 'asked politely', 'unknown'],
  ['notes', 'left a nice review', 'mailable'],
  ['notes', 'unsubscribed friend recommended', 'mailable'],
  ['notes', 'unsubscribed', 'unknown'],
  // Counts of bounces of any kind; few of them are no suppression, and a flag is no count.
  ['bounce_count', '1', 'mailable'],
  ['bounces', '1', 'mailable'],
  ['bounces', '0', 'mailable'],
  ['Total bounces', '4', 'mailable'],
  ['bounce_score', '2.5', 'mailable'],
  ['bounces', '5', 'unknown'],
  ['bounce_count', '12', 'unknown'],
  ['bounces', 'yes', 'unknown'],
  ['bounces', '2024-01-02', 'unknown'],
  ['metadata', '"{""bounces"": 2}"', 'mailable'],
  ['soft_bounces', '7', 'mailable'],
  ['bounced', '1', 'bounced'],
  ['bounced', '2', 'unknown'],
  ['bounced', '1577836800', 'bounced'],
  ['hard_bounced', '2', 'bounced'],
  ['hard_bounce_count', '2', 'bounced'],
])('a column "%s" with the cell %s is %s', async (title, cell, meaning) => {
  expect(await statuses(`email,${title}\n${a},${cell}`)).toEqual([meaning]);
});

it.each([
  ...[
    'Email Suppressions,USER',
    'suppressed_for,x',
    'Abuse Report,1',
    'Spam reports,2',
    'unsubscribe_type,hard',
  ],
  ...[
    'Unsubscribe count,1',
    'is_valid,false',
    'deliverable,no',
    'E-Mail erlaubt,nein',
    'gekündigt am,2024-01-01',
  ],
  ...[
    'gesperrt,ja',
    'NPAI,oui',
    'Rebotado,sí',
    'recibe boletín,no',
    'メルマガ,希望しない',
    '配信可否,×',
    'エラー,1',
  ],
  ...['解約日,2024-01-01', '拒收,是', '是否有效,否', 'Subscription,inactive', 'tags,"vip, unsubscribed"'],
  ...['dnc_reason,2', 'isexcludedfromcampaigns,true', 'Stop Time,2024-01-01', 'Reason,BOUNCE', 'отписан,да'],
  ...['статус,отписан', 'wypisany,tak', 'uitgeschreven op,2024-01-01', '수신거부,예', 'avregistrerad,ja'],
  ...['metadata,"[""unsubscribed""]"', 'opt_in,never', 'newsletter,none'],
])('asks about a column that may say of somebody that they are gone: %s', async (pair) => {
  const [title, cell] = [pair.slice(0, pair.indexOf(',')), pair.slice(pair.indexOf(',') + 1)];
  expect(await statuses(`email,${title}\n${a},${cell}`)).toEqual(['unknown']);
});

it.each([
  ...[
    'abgemeldete.csv',
    'unsubs.csv',
    'opt-outs.csv',
    'suppression-list.csv',
    'hard-bounces.csv',
    'left.csv',
  ],
  ...[
    'spam-complaints.csv',
    'do-not-contact.csv',
    'désabonnés.csv',
    '退订名单.csv',
    '解除者一覧.csv',
    'bajas.csv',
  ],
])('asks about a file whose name speaks of people who are gone: %s', async (name) => {
  expect(await statuses(`email\n${a}`, { name })).toEqual(['unknown']);
});

it.each([`${a}\tunsubscribed`, `${a} unsubscribed`, `${a} (nomail)`])(
  'asks about a word beside a bare address: %s',
  async (line) => {
    expect(await statuses(line)).toEqual(['unknown']);
  },
);

it('refuses a header with letters that cannot be read, as they may name who left', () => {
  expect(() => readHeader({ line: 1, cells: ['email', 'd\ufffdsabonn\ufffd'] })).toThrow('expected UTF-8');
});
