import { expect, test } from 'vitest';
import { archiveUrl, issueLinks } from '../../src/consent/links.ts';
import { readPreferencesToken, readUnsubscribeToken } from '../../src/consent/tokens.ts';
import { keys } from './fixtures.ts';

const PUBLIC_URL = 'https://example.org/mail';
const last = (url: string | undefined) => url?.split('/').at(-1) ?? '';

test("an issue's links lead to its page and out of the newsletter or to one's preferences, below the path of PUBLIC_URL", () => {
  const view = archiveUrl(PUBLIC_URL, 'weekly', '2026/1 é');
  const delivery = { issueId: 4, id: 77, newsletterId: 2, subscriberId: 9, linkKey: 5 };
  const links = issueLinks(keys, PUBLIC_URL, delivery, view);
  expect(links.view).toBe('https://example.org/mail/archive/weekly/2026%2F1%20%C3%A9');
  expect(links.unsubscribe).toMatch(/^https:\/\/example\.org\/mail\/unsubscribe\/[\w.-]+$/);
  expect(readUnsubscribeToken(keys, last(links.unsubscribe))).toEqual({
    newsletter: 2,
    subscriber: 9,
    linkKey: 5,
    issue: 4,
    delivery: 77,
  });
  expect(links.preferences).toMatch(/^https:\/\/example\.org\/mail\/preferences\/[\w.-]+$/);
  expect(readPreferencesToken(keys, last(links.preferences))).toEqual({
    newsletter: 2,
    subscriber: 9,
    linkKey: 5,
  });
});

test('without an archive there is no link to it, without a subscriber nobody to leave', () => {
  const delivery = {
    issueId: 4,
    id: 77,
    newsletterId: 2,
    subscriberId: null,
    linkKey: null,
  };
  expect(issueLinks(keys, PUBLIC_URL, delivery, null)).toEqual({});
});

test('no link has an address in it, and all fit on one line of a header', () => {
  const big = Number.MAX_SAFE_INTEGER;
  const delivery = {
    issueId: big,
    id: big,
    newsletterId: big,
    subscriberId: big,
    linkKey: big,
  };
  const links = issueLinks(keys, PUBLIC_URL, delivery, null);
  for (const url of Object.values(links)) {
    expect(url).not.toMatch(/@|%40/);
    expect(url.length).toBeLessThan(150);
  }
});
