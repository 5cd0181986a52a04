import { expect, test } from 'vitest';
import { Keys } from '../../../src/consent/keys.ts';
import { readUnsubscribeAddress } from '../../../src/consent/mail/mail-tokens.ts';
import { unsubscribeByMail } from '../../../src/consent/mail/unsubscribe-link.ts';

const keys = new Keys(['a secret of at least thirty-two bytes']);
const delivery = { issueId: 1, id: 2, newsletterId: 3, subscriberId: 4, linkKey: 5 };

test('is a mailto address that names the reader and the newsletter', () => {
  const { unsubscribeByMail: link = '' } = unsubscribeByMail(keys, 'bounces.example.org', delivery);
  const [, address = ''] = /^mailto:([^?]+)\?subject=unsubscribe$/.exec(link) ?? [];
  expect(readUnsubscribeAddress(keys, address)).toEqual({ newsletter: 3, subscriber: 4, linkKey: 5 });
});

test('is left out without a domain whose mail we read, and for an erased person', () => {
  expect(unsubscribeByMail(keys, null, delivery)).toEqual({});
  expect(unsubscribeByMail(keys, 'b.example', { ...delivery, subscriberId: null, linkKey: null })).toEqual(
    {},
  );
});
