import { expect, test } from 'vitest';
import { archiveUrl, issueLinks, serviceLinks } from '../../src/consent/links.ts';
import { readConfirmToken, readRejectToken, readUnsubscribeToken } from '../../src/consent/tokens.ts';
import { keys } from './fixtures.ts';

const PUBLIC_URL = 'https://example.org/mail';
const now = new Date('2026-03-01T12:00:00Z');
const last = (url: string | undefined) => url?.split('/').at(-1) ?? '';

test("an issue's links lead to its page and out of the newsletter, below the path of PUBLIC_URL", () => {
  const view = archiveUrl(PUBLIC_URL, 'weekly', '2026/1 é');
  const row = { issue_id: 4, id: 77, newsletter_id: 2, subscriber_id: 9, link_key: 5, archiveUrl: view };
  const links = issueLinks(keys, PUBLIC_URL, row);
  expect(links.view).toBe('https://example.org/mail/archive/weekly/2026%2F1%20%C3%A9');
  expect(links.unsubscribe).toMatch(/^https:\/\/example\.org\/mail\/unsubscribe\/[\w.-]+$/);
  expect(readUnsubscribeToken(keys, last(links.unsubscribe))).toEqual({
    newsletter: 2,
    subscriber: 9,
    linkKey: 5,
    issue: 4,
    delivery: 77,
  });
});

test('without an archive there is no link to it, without a subscriber nobody to leave', () => {
  const row = {
    issue_id: 4,
    id: 77,
    newsletter_id: 2,
    subscriber_id: null,
    link_key: null,
    request_key: null,
    archiveUrl: null,
  };
  expect(issueLinks(keys, PUBLIC_URL, row)).toEqual({});
  expect(serviceLinks(keys, PUBLIC_URL, row, now)).toEqual({});
});

test('a confirmation mail says yes or "not me", counted from the mail', () => {
  const links = serviceLinks(
    keys,
    PUBLIC_URL,
    { newsletter_id: 2, subscriber_id: 9, link_key: 5, request_key: 6 },
    now,
  );
  const ref = { newsletter: 2, subscriber: 9, linkKey: 5 };
  expect(links.confirm).toMatch(/^https:\/\/example\.org\/mail\/confirm\//);
  expect(readConfirmToken(keys, last(links.confirm), now)).toEqual({ ...ref, requestKey: 6 });
  expect(links.reject).toMatch(/^https:\/\/example\.org\/mail\/reject\//);
  expect(readRejectToken(keys, last(links.reject))).toEqual(ref);
});

test('no link has an address in it, and all fit on one line of a header', () => {
  const big = Number.MAX_SAFE_INTEGER;
  const row = {
    issue_id: big,
    id: big,
    newsletter_id: big,
    subscriber_id: big,
    link_key: big,
    request_key: big,
    archiveUrl: null,
  };
  const links = { ...issueLinks(keys, PUBLIC_URL, row), ...serviceLinks(keys, PUBLIC_URL, row, now) };
  for (const url of Object.values(links)) {
    expect(url).not.toMatch(/@|%40/);
    expect(url.length).toBeLessThan(150);
  }
});
