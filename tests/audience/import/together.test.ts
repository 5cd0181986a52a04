/**
 * All rows of a person are read together, over all files: a word that says no wins over any that says yes, in five
 * languages, and a word that nobody knows never makes anybody mailable.
 */
import { expect, it } from 'vitest';
import type { Newsletter } from '../../../src/audience/newsletters/newsletter.ts';
import { NO_ANSWERS, readAnswers } from '../../../src/audience/status/answers.ts';
import { showSubscriber } from '../../../src/audience/subscriber.ts';
import { file, importFiles, importText, keys, useDatabase } from '../fixtures.ts';

const setting = useDatabase();

async function stateOf({ slug }: Newsletter, email: string): Promise<string> {
  const { subscriptions, suppressions } = await showSubscriber(setting().db, keys, email);
  const state = subscriptions.find(({ newsletter }) => newsletter === slug)?.state ?? 'none';
  return suppressions.length === 0 ? state : `${state}, ${suppressions[0]!.reason}`;
}

it.each([
  [
    'German',
    'E-Mail-Adresse',
    'Zustand',
    'angemeldet',
    'abgemeldet',
    'Bestätigung ausstehend',
    'unzustellbar',
  ],
  ['French', 'Adresse e-mail', 'Statut', 'abonné', 'désabonné·e', 'non confirmé', 'adresse invalide'],
  ['Spanish', 'Correo electrónico', 'Estado', 'suscrito', 'dado de baja', 'sin confirmar', 'rebotado'],
  ['Japanese', 'メールアドレス', 'ステータス', '購読中', '登録解除', '未確認', 'バウンス'],
  ['Chinese', '邮箱', '状态', '已订阅', '已退订', '未确认', '退信'],
])(
  '%s: who left, never confirmed or bounced in any row or file is no reader',
  async (language, email, status, yes, no, open, bounced) => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const [left, pending, gone, reader] = ['left', 'pending', 'gone', 'reader'].map((one) =>
      `${one}-${language}@example.org`.toLowerCase(),
    );
    const rows = (...cells: [string, string][]) =>
      file(`${email},${status}\n${cells.map((row) => row.join(',')).join('\n')}\n`);
    await importFiles(db, weekly, [
      rows([left!, yes], [pending!, open], [gone!, yes], [reader!, yes]),
      rows([left!.toUpperCase(), no], [pending!, yes], [gone!, bounced], [reader!, yes]),
      rows([left!, yes], [gone!, yes]),
    ]);
    expect(await stateOf(weekly, left!)).toBe('unsubscribed');
    expect(await stateOf(weekly, pending!)).toBe('pending');
    expect(await stateOf(weekly, gone!)).toBe('none, bounce');
    expect(await stateOf(weekly, reader!)).toBe('confirmed');
  },
);

it.each(['nicht abgemeldet', 'résubscribed', 'unbekannt', '已订阅吗', 'subscribedx', 'inactivo', '解除'])(
  'a word that only contains a known one, "%s", is asked about, and makes nobody mailable',
  async (word) => {
    const { db, newsletter } = setting();
    const weekly = await newsletter();
    const text = `email,status\nw1@example.org,${word}\nw2@example.org,subscribed\n`;
    await expect(importText(db, weekly, text)).rejects.toMatchObject({ code: 'unknown-words' });
    expect(await importText(db, weekly, text, null), 'without --confirmed it is pending').toMatchObject({
      read: 2,
    });
    expect(await stateOf(weekly, 'w1@example.org')).toBe('pending');
  },
);

it("the names of the files in Mailchimp's archive count, and what they say wins over the rows of other files", async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const named = (name: string, ...emails: string[]) =>
    file(
      `Email Address,First Name\n${emails.map((email) => `${email},X`).join('\n')}\n`,
      `${name}_email_audience_export_1a2b.csv`,
    );
  const files = [
    named('subscribed', 'm1@example.org', 'm2@example.org', 'm3@example.org'),
    named('unsubscribed', 'm2@example.org'),
    named('cleaned', 'm3@example.org'),
  ];
  const nonsubscribed = [...files, named('nonsubscribed', 'm4@example.org')];
  await expect(importFiles(db, weekly, nonsubscribed)).rejects.toMatchObject({ code: 'unknown-words' });
  const treat = readAnswers(['nonsubscribed=skip']);
  const report = await importFiles(db, weekly, nonsubscribed, { answers: { ...NO_ANSWERS, treat } });
  expect(report).toMatchObject({ added: 1, unsubscribed: 1, suppressed: 1, unchanged: 2, skipped: 1 });
  expect(await stateOf(weekly, 'm1@example.org')).toBe('confirmed');
  expect(await stateOf(weekly, 'm2@example.org')).toBe('unsubscribed');
  expect(await stateOf(weekly, 'm3@example.org')).toBe('none, bounce');
});
