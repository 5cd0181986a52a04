import { expect, test } from 'vitest';
import { type LinkedServiceMail, serviceLinks } from '../../src/consent/service-links.ts';
import {
  readConfirmToken,
  readPreferencesToken,
  readRejectToken,
  readUnsubscribeToken,
} from '../../src/consent/tokens.ts';
import { keys } from './fixtures.ts';

const now = new Date('2026-03-01T12:00:00Z');
const page = 'https://example.org/mail/archive/weekly';
const context = { keys, publicUrl: 'https://example.org/mail', page, now };
const ref = { newsletter: 2, subscriber: 9, linkKey: 5 };
const last = (url: string | undefined) => url?.split('/').at(-1) ?? '';

const mail = (more: Partial<LinkedServiceMail>): LinkedServiceMail => ({
  issueId: 0,
  id: 77,
  kind: 'confirmation',
  notice: null,
  about: null,
  newsletterId: 2,
  subscriberId: 9,
  linkKey: 5,
  requestKey: null,
  ...more,
});

test('a confirmation mail says yes or "not me", counted from the mail', () => {
  const links = serviceLinks(context, mail({ requestKey: 6 }));
  expect(links.confirm).toMatch(/^https:\/\/example\.org\/mail\/confirm\//);
  expect(readConfirmToken(keys, last(links.confirm), now)).toEqual({ ...ref, requestKey: 6, mail: 77 });
  expect(links.reject).toMatch(/^https:\/\/example\.org\/mail\/reject\//);
  expect(readRejectToken(keys, last(links.reject))).toEqual(ref);
});

test('a welcome leads to past issues and out again', () => {
  const links = serviceLinks(context, mail({ kind: 'welcome' }));
  expect(links.view).toBe(page);
  expect(readUnsubscribeToken(keys, last(links.unsubscribe))).toEqual({ ...ref, issue: 0, delivery: 77 });
});

test('"you already read this" leads to what one receives', () => {
  const links = serviceLinks(context, mail({ kind: 'notice', notice: 'already-reader' }));
  expect(readPreferencesToken(keys, last(links.action))).toEqual(ref);
});

test('nobody gets a link without a subscriber, whatever the mail', () => {
  const erased = { subscriberId: null, linkKey: null, requestKey: 6 };
  for (const kind of ['confirmation', 'welcome', 'notice'] as const)
    expect(serviceLinks(context, mail({ kind, ...erased }))).toEqual({});
});

test('no link has an address in it, and all fit on one line of a header', () => {
  const big = Number.MAX_SAFE_INTEGER;
  const ids = { id: big, newsletterId: big, subscriberId: big, linkKey: big, requestKey: big, about: big };
  for (const more of [{}, { kind: 'welcome' }, { kind: 'notice', notice: 'data-link' }] as const)
    for (const url of Object.values(serviceLinks(context, mail({ ...ids, ...more })))) {
      expect(url).not.toMatch(/@|%40/);
      expect(String(url).length).toBeLessThan(150);
    }
});
