import { describe, expect, it } from 'vitest';
import {
  createNewsletter,
  findNewsletter,
  listNewsletters,
  newsletterView,
  readNewsletterById,
  setNewsletter,
} from '../../../src/audience/newsletters/newsletter.ts';
import { context, useDatabase } from '../fixtures.ts';

const setting = useDatabase();

const full = {
  name: '周刊',
  from: '"Weekly, the" <News@Example.org>',
  replyTo: 'Editors <editors@example.org>',
  language: 'zh-cn',
  timezone: 'Asia/Shanghai',
  theme: 'default',
  colors: { accent: '#0B6E4F', 'dark.accent': '#8db1ff' },
  logo: 'https://example.org/logo.png',
  postalAddress: 'Weekly\r\n1 Example Street',
  description: 'Boats, tides and people of the harbour',
  frequency: 'every Monday',
  privacyUrl: 'https://example.org/privacy',
  baseUrl: 'https://example.org/posts/',
  relay: 'bulk',
  archive: 'unlisted',
  signup: 'closed',
  images: 'link',
  onUnknown: 'resend',
  keepLedger: '90d',
  editors: ['a@example.org', 'b@example.org'],
  legalProfile: ['EU,us', 'eu'],
};

describe('a new newsletter', () => {
  it('keeps every field, checked and in one spelling', async () => {
    const { db } = setting();
    const made = await createNewsletter(db, context, 'full', full);
    expect(made).toMatchObject({
      slug: 'full',
      from: { name: 'Weekly, the', address: 'News@Example.org' },
      replyTo: { name: 'Editors', address: 'editors@example.org' },
      language: 'zh-CN',
      colors: { accent: '#0b6e4f', 'dark.accent': '#8db1ff' },
      postalAddress: 'Weekly\n1 Example Street',
      description: 'Boats, tides and people of the harbour',
      frequency: 'every Monday',
      privacyUrl: 'https://example.org/privacy',
      relay: 'bulk',
      editors: ['a@example.org', 'b@example.org'],
      legalProfile: ['eu', 'us'],
    });
    expect(await findNewsletter(db, 'full')).toEqual(made);
    expect(await readNewsletterById(db, made.id)).toEqual(made);
    expect(await listNewsletters(db)).toContainEqual(made);
    expect(Object.keys(newsletterView(made))).not.toContain('id');
  });

  it('needs only a slug, a name and a sender, whose name it lends', async () => {
    const made = await createNewsletter(setting().db, context, 'small', {
      name: 'Small',
      from: 'news@example.org',
    });
    expect(made).toMatchObject({
      from: { name: 'Small', address: 'news@example.org' },
      replyTo: null,
      language: 'en',
      timezone: 'UTC',
      theme: 'default',
      archive: 'public',
      signup: 'open',
      images: 'mirror',
      onUnknown: 'hold',
      keepLedger: '400d',
    });
  });

  it('is refused when the slug is taken', async () => {
    const { db, newsletter } = setting();
    await newsletter('taken');
    await expect(createNewsletter(db, context, 'taken', full)).rejects.toMatchObject({
      code: 'newsletter-exists',
    });
  });

  it.each(['Weekly', 'a b', '-a', 'a-', 'ä', '', 'a/b', 'x'.repeat(64)])(
    'is refused with the slug %j',
    async (slug) => {
      await expect(createNewsletter(setting().db, context, slug, full)).rejects.toMatchObject({
        code: 'bad-slug',
      });
    },
  );

  it.each([
    ['from', { from: 'A <a@example.org>, B <b@example.org>' }],
    ['from', { from: 'a@example.org, b@example.org' }],
    ['from', { from: 'News\r\nBcc: <x@example.org>' }],
    ['reply-to', { replyTo: 'nobody' }],
    ['name', { name: 'a\nb' }],
    ['name', { name: '' }],
    ['language', { language: 'english' }],
    ['timezone', { timezone: 'Mars/Olympus' }],
    ['theme', { theme: '../default' }],
    ['color', { colors: { accent: 'red' } }],
    ['color', { colors: { shiny: '#ffffff' } }],
    ['logo', { logo: 'javascript:alert(1)' }],
    ['description', { description: 'a\nb' }],
    ['description', { description: 'x'.repeat(501) }],
    ['frequency', { frequency: 'x'.repeat(101) }],
    ['privacy-url', { privacyUrl: 'javascript:alert(1)' }],
    ['privacy-url', { privacyUrl: '/privacy' }],
    ['base-url', { baseUrl: 'example.org' }],
    ['relay', { relay: 'elsewhere' }],
    ['archive', { archive: 'hidden' }],
    ['signup', { signup: 'yes' }],
    ['images', { images: 'keep' }],
    ['on-unknown', { onUnknown: 'guess' }],
    ['keep-ledger', { keepLedger: '0d' }],
    ['keep-ledger', { keepLedger: 'a year' }],
    ['postal-address', { postalAddress: 'a\u0000b' }],
    ['editor', { editors: ['nobody'] }],
  ])('is refused with a wrong %s, by that name', async (option, wrong) => {
    await expect(createNewsletter(setting().db, context, 'wrong', { ...full, ...wrong })).rejects.toThrow(
      new RegExp(`^${option}: `),
    );
  });

  it('is told all its faults at once', async () => {
    const texts = { ...full, from: 'nobody', timezone: 'Mars', colors: { accent: 'red' } };
    await expect(createNewsletter(setting().db, context, 'faults', texts)).rejects.toThrow(
      /^from: .*\ntimezone: .*\ncolor: expected accent to be a colour such as #1f4fd8, found "red"$/,
    );
  });
});

describe('setting fields', () => {
  it('changes those given, and an empty text takes an optional one away', async () => {
    const { db } = setting();
    const before = await createNewsletter(db, context, 'change', full);
    const texts = { name: 'New', replyTo: '', logo: '', colors: { accent: '', tint: '#eeeeee' } };
    expect(await setNewsletter(db, context, 'change', texts)).toEqual({
      ...before,
      name: 'New',
      replyTo: null,
      logo: null,
      colors: { 'dark.accent': '#8db1ff', tint: '#eeeeee' },
    });
  });

  it('to nothing changes nothing', async () => {
    const { db, newsletter } = setting();
    const before = await newsletter();
    expect(await setNewsletter(db, context, before.slug, {})).toEqual(before);
  });

  it('to a sender without a name puts the name of the newsletter there', async () => {
    const { db, newsletter } = setting();
    const { slug } = await newsletter();
    const changed = await setNewsletter(db, context, slug, { name: 'Monthly', from: 'm@example.org' });
    expect(changed.from).toEqual({ name: 'Monthly', address: 'm@example.org' });
  });
});

describe('an unknown newsletter', () => {
  it('is refused with those that may have been meant', async () => {
    const { db, newsletter } = setting();
    await newsletter('gardening-weekly');
    await expect(findNewsletter(db, 'gardening-weakly')).rejects.toMatchObject({
      code: 'unknown-newsletter',
      message: expect.stringMatching(/"gardening-weekly"/),
    });
  });
});
