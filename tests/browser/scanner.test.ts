/**
 * Scanners open every link of a mail before its reader does, some of them in a browser with scripts. No link of any mail
 * may change anything by that.
 */
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueLinks } from '../../src/consent/links.ts';
import { serviceLinks } from '../../src/consent/service-links.ts';
import type { DeliveryKind, NoticeName } from '../../src/db/schema.ts';
import { keys, linkTo } from '../consent/fixtures.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { insertDelivery, insertNewsletter, insertSubscriber } from '../helpers/rows.ts';
import { openWeb, type Web } from '../http/harness.ts';

let web: Web;
let origin: string;
let browser: Browser;
let links: string[];

beforeAll(async () => {
  web = await openWeb();
  origin = await web.app.listen({ host: '127.0.0.1', port: 0 });
  const { db } = web.database;
  const weekly = await insertNewsletter(db, { slug: 'weekly', name: 'Weekly' });
  await insertNewsletter(db, { slug: 'other', name: 'Other' });
  const reader = await insertSubscriber(db, 'reader@example.org', weekly);
  const pending = await insertSubscriber(db, 'pending@example.org', weekly, 'pending');
  const left = await insertSubscriber(db, 'left@example.org', weekly, 'unsubscribed');
  const { rows } = await sql<{ id: number }>`INSERT INTO address_changes (subscriber_id, email, identity)
    VALUES (${reader}, 'new@example.org', 'new@example.org') RETURNING id`.execute(db);
  links = [];
  for (const person of [reader, pending, left]) {
    const { newsletter: newsletterId, linkKey, requestKey } = await linkTo(db, weekly, person);
    const { issue: issueId, delivery: id } = await insertDelivery(db, weekly, person, 'planned');
    const mail = { issueId, id, newsletterId, subscriberId: person, linkKey };
    const context = { keys, publicUrl: origin, page: `${origin}/archive/weekly`, now: new Date() };
    const service = (kind: DeliveryKind, notice: NoticeName | null) =>
      Object.values(serviceLinks(context, { ...mail, kind, notice, about: rows[0]!.id, requestKey }));
    links.push(
      ...Object.values(issueLinks(keys, origin, mail, context.page)),
      ...service('confirmation', null),
      ...service('welcome', null),
      ...(['already-reader', 'data-link', 'address-old', 'address-new'] as const).flatMap((notice) =>
        service('notice', notice),
      ),
    );
  }
  links = [...new Set(links), `${links.find((link) => link.includes('/data/'))}/data.json`];
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await web?.close();
});

const PREFETCHES = [
  ['accept', '*/*'],
  ['purpose', 'prefetch'],
  ['sec-purpose', 'prefetch;prerender'],
] as const;

/** All rows that say who may be written to, what they chose, and what waits for them. */
async function state(): Promise<string> {
  const texts: string[] = [];
  for (const table of [
    'subscribers',
    'subscriptions',
    'consent_records',
    'suppressions',
    'deliveries',
    'address_changes',
    'leaving_reasons',
    'confirmation_requests',
  ]) {
    const { rows } = await sql`SELECT t::text FROM ${sql.table(table)} t ORDER BY 1`.execute(web.database.db);
    texts.push(`${table}: ${JSON.stringify(rows)}`);
  }
  return texts.join('\n');
}

test('GET, HEAD, OPTIONS and prefetches of every link of every mail change nothing', async () => {
  const before = await state();
  expect(links.length).toBeGreaterThan(20);
  for (const link of links)
    for (const method of ['GET', 'HEAD', 'OPTIONS'])
      for (const [name, value] of PREFETCHES)
        await fetch(`${link}?pressed=unsubscribe&List-Unsubscribe=One-Click&sure=yes`, {
          method,
          headers: { [name]: value },
        });
  expect(await state()).toBe(before);
});

test('a browser that opens every link, runs scripts, and follows the links of every page changes nothing', async () => {
  const before = await state();
  const context = await browser.newContext({ acceptDownloads: false });
  const page = await context.newPage();
  const others: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') others.push(`${request.method()} ${request.url()}`);
  });
  const followed = new Set<string>();
  for (const link of links) {
    await visit(page, link);
    const found = await page.evaluate<string[]>(
      `[...document.querySelectorAll('a[href]')].map((a) => a.href)`,
    );
    for (const next of found.filter((href) => href.startsWith(origin))) followed.add(next);
  }
  for (const link of followed) await visit(page, link);
  await context.close();
  expect(others).toEqual([]);
  expect(followed.size).toBeGreaterThan(5);
  expect(await state()).toBe(before);
});

/** A download is no page; it is enough that it was asked for. */
const visit = (page: Page, link: string) => page.goto(link, { waitUntil: 'load' }).catch(() => null);
