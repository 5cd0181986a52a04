import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashedIp } from '../../../src/consent/record.ts';
import { suppress } from '../../../src/consent/suppress.ts';
import { confirmToken, rejectToken } from '../../../src/consent/tokens.ts';
import { HONEYPOT, OPENED_AT } from '../../../src/http/subscribe/input.ts';
import { confirmationsTo, keys, linkTo, recordsOf, subscriptionOf } from '../../consent/fixtures.ts';
import { insertNewsletter, insertSubscriber } from '../../helpers/rows.ts';
import { FORM, form, openWeb, type Web } from '../harness.ts';

let web: Web;
let weekly: number;

beforeAll(async () => {
  web = await openWeb({ trustProxy: 1 });
  weekly = await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Cats & Dogs <3' });
  await insertNewsletter(web.database.db, { slug: 'closed', signup: 'closed' });
});
afterAll(() => web.close());

let visitor = 0;
/** Each form from a network of its own. */
const submit = (fields: Record<string, string>, path = '/subscribe/weekly', headers: object = {}) =>
  web.app.inject({
    method: 'POST',
    url: path,
    headers: { ...FORM, 'x-forwarded-for': `10.${visitor++ % 250}.1.1`, ...headers },
    payload: form(fields),
  });

describe('the form', () => {
  test('shows the newsletter by name, escaped', async () => {
    const page = await web.app.inject('/subscribe/weekly');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Cats &amp; Dogs &lt;3');
    expect(page.body).not.toContain('Dogs <3');
  });

  test('says what it is about, how often it comes and where the privacy policy is, escaped; without, nothing', async () => {
    await insertNewsletter(web.database.db, {
      slug: 'told',
      description: 'Boats <b>& tides</b>',
      frequency: 'every "Monday"',
      privacy_url: 'https://example.org/privacy?a=1&b="2',
    });
    const page = await web.app.inject('/subscribe/told');
    expect(page.body).toContain('<p class="about">Boats &lt;b&gt;&amp; tides&lt;/b&gt;</p>');
    expect(page.body).toMatch(/How often: every &quot;Monday&quot;</);
    expect(page.body).toMatch(
      /<a href="https:\/\/example\.org\/privacy\?a=1&amp;b=&quot;2" target="_blank" rel="noopener">Privacy policy<\/a>/,
    );
    const chinese = await web.app.inject('/subscribe/told?lang=zh');
    expect(chinese.body).toContain('<p class="about" lang="en">');
    expect(chinese.body).toMatch(/发送频率：.*隐私政策/s);
    const plain = await web.app.inject('/subscribe/weekly');
    expect(plain.body).not.toMatch(/class="about"|How often|Privacy/);
  });

  test('sent once: pending, one mail in the ledger, the workers woken, proof of where it came from', async () => {
    const answer = await submit({ email: 'Ada@Example.org', name: 'Ada' }, '/subscribe/weekly?lang=zh', {
      'x-forwarded-for': '203.0.113.77',
      'user-agent': 'Browser/9',
    });
    expect(answer.statusCode).toBe(200);
    const { db } = web.database;
    expect(await confirmationsTo(db, 'ada@example.org')).toEqual(['Ada@Example.org']);
    expect(web.woken).toContainEqual(expect.objectContaining({ issue: 0, lane: 'service' }));
    const subscription = await subscriptionOf(db, 'ada@example.org', weekly);
    expect(subscription?.state).toBe('pending');
    expect(await recordsOf(db, subscription!.subscriber_id)).toMatchObject([
      {
        step: 'asked',
        source: 'form',
        ip: null,
        ip_hash: hashedIp(keys, '203.0.113.77'),
        page: '/subscribe/weekly',
        user_agent: 'Browser/9',
        language: 'zh',
        wording: expect.stringContaining('我愿意'),
      },
    ]);
  });

  test('also as multipart/form-data', async () => {
    const body = new FormData();
    body.set('email', 'multi@example.org');
    const request = new Request('http://x', { method: 'POST', body });
    const answer = await web.app.inject({
      method: 'POST',
      url: '/subscribe/weekly',
      headers: { 'content-type': request.headers.get('content-type')! },
      payload: Buffer.from(await request.arrayBuffer()),
    });
    expect(answer.statusCode).toBe(200);
    expect(await confirmationsTo(web.database.db, 'multi@example.org')).toHaveLength(1);
  });

  test('a filled trap field asks for one more click, and that click subscribes', async () => {
    const { db } = web.database;
    const filled = {
      email: 'autofilled@example.org',
      name: 'Ann <b>',
      [HONEYPOT]: 'https://ann.example.org',
    };
    const answer = await submit(filled);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('value="autofilled@example.org"');
    expect(answer.body).toContain('value="Ann &lt;b&gt;"');
    expect(answer.body).not.toContain(HONEYPOT);
    expect(await confirmationsTo(db, 'autofilled@example.org'), 'nothing is sent yet').toEqual([]);
    await submit({ email: 'autofilled@example.org', name: 'Ann', pressed: 'subscribe' });
    expect(await confirmationsTo(db, 'autofilled@example.org')).toHaveLength(1);
  });

  test('the trap has a name that autofill does not know, and what autofill knows is no trap', async () => {
    const page = await web.app.inject('/subscribe/weekly');
    const names = [...page.body.matchAll(/<input[^>]* name="([^"]+)"/g)].map((match) => match[1]);
    expect(names).toEqual(['email', 'name', HONEYPOT, OPENED_AT]);
    expect(HONEYPOT).not.toMatch(
      /name|mail|phone|tel|address|city|zip|url|site|company|org|user|pass|card|date|age/i,
    );
    await submit({ email: 'url-filled@example.org', website: 'https://ann.example.org', company: 'Ann Ltd' });
    expect(await confirmationsTo(web.database.db, 'url-filled@example.org')).toHaveLength(1);
  });

  test('the page of a filled trap is the same for known and unknown addresses', async () => {
    await insertSubscriber(web.database.db, 'known-trap@example.org', weekly, 'confirmed');
    const [known, strange] = await Promise.all(
      ['known-trap@example.org', 'other-trap@example.org'].map((email) => submit({ email, [HONEYPOT]: 'x' })),
    );
    expect(known!.body.replaceAll('known-trap', 'other-trap')).toBe(strange!.body);
  });

  test.each(['', 'ada', 'ada@', 'a@example.org,b@example.org', 'a@b@example.org', '"><script>@x.org'])(
    'a bad address (%j) gets the form back with what was typed and what to mend',
    async (email) => {
      const answer = await submit({ email, name: 'Ada' });
      expect(answer.statusCode).toBe(400);
      expect(answer.body).toContain('one plain email address');
      expect(answer.body).toContain('value="Ada"');
      expect(answer.body).not.toContain('<script>');
    },
  );

  test('of a closed newsletter does nothing', async () => {
    expect((await web.app.inject('/subscribe/closed')).statusCode).toBe(403);
    expect((await submit({ email: 'late@example.org' }, '/subscribe/closed')).statusCode).toBe(403);
    expect(await confirmationsTo(web.database.db, 'late@example.org')).toEqual([]);
  });

  test('of a newsletter that is none: a page that says so', async () => {
    for (const slug of ['nothing', '%00', 'x'.repeat(900), '..%2f..%2fetc'])
      expect([400, 404], slug).toContain((await web.app.inject(`/subscribe/${slug}`)).statusCode);
  });

  test('a name that is a link is not kept', async () => {
    await submit({ email: 'linky@example.org', name: 'Win at http://spam.example' });
    const person = await web.database.db
      .selectFrom('subscribers')
      .select('name')
      .where('identity', '=', 'linky@example.org')
      .executeTakeFirstOrThrow();
    expect(person.name).toBeNull();
  });
});

describe('nobody learns who is known', () => {
  test('new, pending, confirmed, gone, suppressed and capped addresses get the same status, headers and body', async () => {
    const { db } = web.database;
    await insertSubscriber(db, 'confirmed@example.org', weekly, 'confirmed');
    await insertSubscriber(db, 'gone@example.org', weekly, 'unsubscribed');
    for (const reason of ['bounce', 'not-me', 'by-hand'] as const)
      await db.transaction().execute((trx) =>
        suppress(trx, keys, {
          identity: `${reason}@example.org`,
          newsletterId: null,
          reason,
          source: 'test',
          until: null,
        }),
      );
    const people = ['new', 'new', 'confirmed', 'gone', 'bounce', 'not-me', 'by-hand'];
    const answers: string[] = [];
    for (const person of people) {
      const { statusCode, headers, body } = await submit({ email: `${person}@example.org` });
      answers.push(JSON.stringify({ statusCode, headers: { ...headers, date: '' }, body }));
    }
    expect(new Set(answers).size).toBe(1);
  });

  test('and the answer takes as long', async () => {
    await insertSubscriber(web.database.db, 'timed@example.org', weekly, 'confirmed');
    const times: number[] = [];
    for (const email of ['timed@example.org', 'stranger-to-time@example.org']) {
      const start = performance.now();
      await submit({ email });
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeGreaterThan(115);
  });
});

describe('confirming', () => {
  const press = (token: string, body = form({ pressed: 'confirm' })) =>
    web.app.inject({ method: 'POST', url: `/confirm/${token}`, headers: FORM, payload: body });

  test('GET shows a button and changes nothing; POST confirms, twice is once', async () => {
    const { db } = web.database;
    const subscriber = await insertSubscriber(db, 'button@example.org', weekly, 'pending');
    const token = confirmToken(keys, await linkTo(db, weekly, subscriber), new Date());
    for (const method of ['GET', 'HEAD', 'OPTIONS'] as const)
      await web.app.inject({ method, url: `/confirm/${token}` });
    expect((await subscriptionOf(db, 'button@example.org', weekly))?.state).toBe('pending');
    expect((await web.app.inject(`/confirm/${token}`)).body).toContain('<button');
    const [first, second] = [await press(token), await press(token)];
    expect(first.statusCode).toBe(200);
    expect(second.body).toBe(first.body);
    expect((await subscriptionOf(db, 'button@example.org', weekly))?.state).toBe('confirmed');
    const records = await recordsOf(db, subscriber);
    expect(records).toHaveLength(1);
    expect(records[0]?.wording).toContain('Cats & Dogs <3');
  });

  test("POST without the button's field changes nothing and shows the button", async () => {
    const { db } = web.database;
    const subscriber = await insertSubscriber(db, 'no-button@example.org', weekly, 'pending');
    const token = confirmToken(keys, await linkTo(db, weekly, subscriber), new Date());
    for (const body of ['', form({ pressed: 'unsubscribe' }), form({ 'List-Unsubscribe': 'One-Click' })]) {
      const answer = await press(token, body);
      expect(answer.statusCode).toBe(400);
      expect(answer.body).toContain('value="confirm"');
    }
    expect((await subscriptionOf(db, 'no-button@example.org', weekly))?.state).toBe('pending');
  });

  test('who has confirmed is told so by the same link, without a button', async () => {
    const { db } = web.database;
    const subscriber = await insertSubscriber(db, 'seen-again@example.org', weekly, 'pending');
    const token = confirmToken(keys, await linkTo(db, weekly, subscriber), new Date());
    await press(token);
    const page = await web.app.inject(`/confirm/${token}`);
    expect(page.body).toContain('You are subscribed');
    expect(page.body).not.toContain('<button');
  });

  test('tampered, expired, swapped, unknown and spent links all get one answer', async () => {
    const { db } = web.database;
    const pending = await insertSubscriber(db, 'old-link@example.org', weekly, 'pending');
    const left = await insertSubscriber(db, 'left@example.org', weekly, 'unsubscribed');
    const ref = await linkTo(db, weekly, pending);
    const good = confirmToken(keys, ref, new Date());
    const tokens = [
      `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
      confirmToken(keys, ref, new Date(Date.now() - 72 * 3_600_000)),
      rejectToken(keys, ref),
      confirmToken(keys, await linkTo(db, weekly, 999_999), new Date()),
      confirmToken(keys, { ...ref, newsletter: 999_999 }, new Date()),
      confirmToken(keys, await linkTo(db, weekly, left), new Date()),
      'nonsense',
      'x'.repeat(900),
    ];
    const answers = await Promise.all(tokens.map((token) => press(token)));
    const seen = new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`));
    expect([...seen].map((one) => one.slice(0, 3))).toEqual(['404']);
    expect((await subscriptionOf(db, 'old-link@example.org', weekly))?.state).toBe('pending');
  });
});

describe('"It was not me"', () => {
  test('GET asks, POST shuts us out', async () => {
    const { db } = web.database;
    const subscriber = await insertSubscriber(db, 'not-mine@example.org', weekly, 'pending');
    const url = `/reject/${rejectToken(keys, await linkTo(db, weekly, subscriber))}`;
    for (const method of ['GET', 'HEAD', 'OPTIONS'] as const) await web.app.inject({ method, url });
    expect((await subscriptionOf(db, 'not-mine@example.org', weekly))?.state).toBe('pending');
    const answer = await web.app.inject({
      method: 'POST',
      url,
      headers: FORM,
      payload: form({ pressed: 'reject' }),
    });
    expect(answer.statusCode).toBe(200);
    expect(await subscriptionOf(db, 'not-mine@example.org', weekly)).toMatchObject({ left_by: 'not-me' });
    await submit({ email: 'not-mine@example.org' });
    expect(await confirmationsTo(db, 'not-mine@example.org')).toEqual([]);
  });
});
