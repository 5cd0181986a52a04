/** Slots in addresses are filled and percent-encoded, wherever an author can write one; what nobody could follow is told. */
import { describe, expect, test } from 'vitest';
import { pictureUrls } from '../../../src/checks/links-and-pictures.ts';
import { archivePage } from '../../../src/render/archive.ts';
import type { Fill } from '../../../src/render/edition/edition.ts';
import { renderIssue } from '../../../src/render/issue.ts';
import { compileMessages } from '../../../src/render/message/message.ts';
import { urlPart, webUrl } from '../../../src/render/slots/address.ts';
import { compileFill } from '../../../src/render/slots/fill.ts';
import { readBody } from '../../issue/harness.ts';
import { context } from '../fixtures.ts';

const reader = {
  email: 'a+b&c@example.org',
  name: 'Ann "B" <i>',
  language: 'en',
  attributes: { city: 'São/Paulo ?#', voucher: 'https://shop.example/v/1', bad: 'javascript:alert(1)' },
};
const link = { view: 'https://example.org/v', unsubscribe: 'https://example.org/u' };

async function mailOf(markdown: string, who: Partial<typeof reader> = reader) {
  const document = readBody(markdown);
  const { edition } = await renderIssue(document, context());
  const values = { reader: who, link };
  const html = compileFill(edition.html, 'html')(values);
  const hrefs = [...html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&'),
  );
  return {
    edition,
    html,
    hrefs,
    text: compileFill(edition.text, 'text')(values),
    messages: document.messages,
  };
}

const SURVEY = 'https://survey.example.org/s?e=a%2Bb%26c%40example.org';

describe('{{email}} in the address of', () => {
  test.each([
    ['a link', '[survey](https://survey.example.org/s?e={{email}})'],
    ['a bare URL', 'See https://survey.example.org/s?e={{email}} now.'],
    ['an autolink', '<https://survey.example.org/s?e={{email}}>'],
    ['a reference', '[survey][1]\n\n[1]: https://survey.example.org/s?e={{email}}'],
    ['a button', ':::button[Go]{url="https://survey.example.org/s?e={{email}}"}\n:::'],
    ['a card', ':::reading[Go]{url="https://survey.example.org/s?e={{email}}"}\n:::'],
    ['a reading list', '## Recommended reading\n\n- [Go](https://survey.example.org/s?e={{email}})'],
    [
      'an event',
      ':::event{topic="T" time="2026-12-04 10:00" url="https://survey.example.org/s?e={{email}}"}\nx\n:::',
    ],
    ['a video', ':::video[Go]{url="https://survey.example.org/s?e={{email}}"}\n:::'],
    ['a sponsor', ':::sponsor{url="https://survey.example.org/s?e={{email}}"}\nx\n:::'],
    ['a linked picture', '[![Pier](https://i.example/p.png)](https://survey.example.org/s?e={{email}})'],
    ['a link in HTML', '<a href="https://survey.example.org/s?e={{ email }}">survey</a>'],
    ['a link with blanks in its slot', '[survey](https://survey.example.org/s?e={{ email }})'],
    ['a link percent-encoded by an editor', '[survey](https://survey.example.org/s?e=%7B%7Bemail%7D%7D)'],
    ['a heading', '## [survey](https://survey.example.org/s?e={{email}})'],
  ])('%s is filled and percent-encoded, in HTML and text', async (_, markdown) => {
    const { hrefs, text, html, messages } = await mailOf(markdown);
    expect(messages.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(hrefs).toContain(SURVEY);
    expect(text).toContain(SURVEY);
    expect(html + text).not.toMatch(/\{\{|%7B%7B/i);
  });

  test('a bare URL reads as it leads', async () => {
    const { html, text } = await mailOf('See https://survey.example.org/s?e={{email}} now.');
    expect(html).toContain(`>${SURVEY}</a>`);
    expect(text.match(/survey\.example\.org/g)).toHaveLength(1);
  });

  test('a picture is filled too, and is not taken along', async () => {
    const { html } = await mailOf('![Your pier](https://i.example/{{reader.attributes.city}}.png)');
    expect(html).toContain('src="https://i.example/S%C3%A3o%2FPaulo%20%3F%23.png"');
  });

  test('path, query and fragment, with a fallback where there is no value', async () => {
    const markdown = '[x](https://a.example/{{reader.attributes.city | no where}}/?n={{name}}#{{language}})';
    expect((await mailOf(markdown)).hrefs).toContain(
      'https://a.example/S%C3%A3o%2FPaulo%20%3F%23/?n=Ann%20%22B%22%20%3Ci%3E#en',
    );
    expect((await mailOf(markdown, {})).hrefs).toContain('https://a.example/no%20where/?n=#');
  });

  test('mailto: and a path on the own site', async () => {
    const { hrefs } = await mailOf('[m](mailto:x@example.org?subject=Hi%20{{name}}) [p](/me?e={{email}})');
    expect(hrefs).toContain('mailto:x@example.org?subject=Hi%20Ann%20%22B%22%20%3Ci%3E');
    expect(hrefs).toContain('https://www.example.org/me?e=a%2Bb%26c%40example.org');
  });

  test('a message holds what the edition promises', async () => {
    const { edition } = await mailOf('[survey](https://s.example/?e={{email}})');
    const fill: Fill = {
      to: { name: '', address: 'ann@example.org' },
      reader,
      links: link,
      messageId: 'a@example.org',
      deliveryId: null,
      date: new Date(0),
    };
    const message = String(compileMessages(edition)(fill)).replace(/=\r\n/g, '');
    expect(
      message.match(/https:\/\/s\.example\/\?e=3D|https:\/\/s\.example\/\?e=3Da%2Bb%26c%40example\.org/g),
    ).toHaveLength(2);
    expect(message).toContain('a%2Bb%26c%40example.org');
  });

  test('the archive shows no value of anybody', async () => {
    const { edition } = await mailOf('{{name | friend}} [s](https://s.example/?e={{email}})');
    expect(archivePage(edition)).toContain('href="https://s.example/?e="');
    expect(archivePage(edition)).not.toContain('Ann');
  });
});

describe('a whole address per reader', () => {
  const markdown = '[yours]({{reader.attributes.voucher | https://shop.example/}})';

  test('is taken where it is one, else the fallback', async () => {
    expect((await mailOf(markdown)).hrefs).toContain('https://shop.example/v/1');
    for (const voucher of [
      'javascript:alert(1)',
      'data:text/html,x',
      '//evil.example',
      'shop',
      '',
      'https://a:b@evil.example/',
    ])
      expect(
        (await mailOf(markdown, { attributes: { ...reader.attributes, voucher } })).hrefs,
        voucher,
      ).toContain('https://shop.example/');
  });

  test('without a fallback is an error with its line', async () => {
    const { messages } = await mailOf('x\n\n[yours]({{reader.attributes.voucher}})');
    expect(messages).toMatchObject([{ severity: 'error', rule: 'slot-in-address', line: 8 }]);
  });

  test('{{link.unsubscribe}} and {{link.view}} are ours and stay as they are', async () => {
    expect((await mailOf('[bye]({{link.unsubscribe}}) [web]({{ link.view }})')).hrefs).toEqual(
      expect.arrayContaining([link.unsubscribe, link.view]),
    );
  });
});

describe('what cannot be followed is an error with its line, and is never mailed', () => {
  test.each([
    ['slot-in-host', 'https://{{name}}.example/'],
    ['slot-in-host', 'https://example.org{{name}}'],
    ['slot-in-host', 'https://example.org:{{name}}/'],
    ['slot-in-host', 'https://{{name}}@example.org/'],
    ['slot-in-host', '//{{name}}/x'],
    ['slot-in-host', '{{name}}://example.org/'],
    ['slot-in-host', '{{name}}/page'],
    ['slot-in-host', 'tel:{{name}}'],
    ['slot-in-address', 'https://example.org/?back={{link.unsubscribe}}'],
    ['slot-unknown', 'https://example.org/?e={{first_name}}'],
    ['slot-unknown', '{{unsubscribe_url}}'],
    ['link-of-site', '{filename}b.md'],
    ['link-of-site', '{static}/files/b.pdf'],
    ['link-of-site', '{attach}b.pdf'],
    ['link-of-site', '|filename|b.md'],
    ['link-of-site', '@/w/b.md'],
    ['link-of-site', 'b.md'],
    ['link-of-site', '../w/b.md#part'],
    ['link-template', `https://example.org/\${PAGE}`],
    ['link-template', '*|UNSUB|*'],
    ['link-refused', 'javascript:alert(1)'],
    ['link-refused', 'JavaScript:alert(1)'],
    ['link-refused', 'data:text/html,x'],
    ['link-refused', 'file:///etc/passwd'],
    ['link-refused', 'vbscript:x'],
  ])('%s: %s', async (rule, url) => {
    for (const markdown of [
      `x\n\n[y](${url})`,
      `x\n\n:::button[y]{url="${url}"}\n:::`,
      `x\n\n<a href="${url}">y</a>`,
    ]) {
      const { hrefs, html, text, messages } = await mailOf(markdown);
      expect(messages, markdown).toEqual(
        expect.arrayContaining([expect.objectContaining({ severity: 'error', rule, line: 8 })]),
      );
      expect(html + text, markdown).not.toContain('{{');
      expect(
        hrefs.some((href) => /javascript|data:|file:|\$\{|evil/i.test(href)),
        markdown,
      ).toBe(false);
    }
  });

  test('in the front matter too', async () => {
    const { readIssue } = await import('../../../src/issue/read.ts');
    const read = (head: string) => readIssue(`---\n${head}\n---\ntext`, { file: 'a.md' }).messages;
    expect(read('title: T\ncanonical: "javascript:alert(1)"')).toMatchObject([
      { rule: 'link-refused', line: 3 },
    ]);
    expect(read('date: 2026-01-01\ntitle: "Hello {{name}}"')).toMatchObject([
      { rule: 'slot-in-title', line: 3 },
    ]);
    expect(read('title: T\npreheader: "Hello {{first_name}}"')).toMatchObject([
      { rule: 'slot-unknown', line: 3 },
    ]);
  });
});

describe('slots in labels', () => {
  test.each([
    ['a button', ':::button[Go, {{name}}]{url="https://a.example/"}\n:::'],
    ['the title of a callout', ':::tip[For {{name}}]\nx\n:::'],
    ['a card', ':::reading[For {{name}}]{url="https://a.example/"}\n:::'],
    ['an event', ':::event{topic="{{name}} comes" time="2026-12-04 10:00"}\nx\n:::'],
    ['a meeting', ':::meeting{topic="x" time="2026-12-04 10:00" place="{{name}}"}\nx\n:::'],
    ['an alternative', '![The pier for {{name}}](https://i.example/p.png)'],
    ['an alternative among words', 'See ![the pier for {{name}}](https://i.example/p.png) now'],
    ['a video', ':::video[{{name}}]{url="https://a.example/"}\n:::'],
    ['a code to scan', ':::qr[Scan, {{name}}]{image="https://i.example/p.png"}\n:::'],
    ['a heading', '## Hello {{name}}'],
    ['an asker', '**{{name}}** asks:\n\n> q\n\nA: a'],
  ])('%s is filled in HTML and text, and escaped', async (_, markdown) => {
    const { html, text } = await mailOf(markdown);
    expect(html).toMatch(/Ann (?:&quot;|&#34;|&#x22;)B(?:&quot;|&#34;|&#x22;) &lt;i&gt;/);
    expect(text).toContain('Ann "B" <i>');
    expect(html + text).not.toContain('{{');
  });

  test('{{first_name}} in the text is an error with its line; in code it is code', async () => {
    expect((await mailOf('Hello {{first_name}}')).messages).toMatchObject([
      { rule: 'slot-unknown', line: 6 },
    ]);
    expect((await mailOf('Write `{{first_name}}`')).messages).toEqual([]);
  });

  test('a picture that differs per reader is named as written', () => {
    expect([...pictureUrls(readBody('![x](https://i.example/{{name}}.png)'))]).toEqual([
      'https://i.example/{{name}}.png',
    ]);
  });
});

describe('values in addresses', () => {
  test.each([
    ['ann@example.org', 'ann%40example.org'],
    ["a'(b)*!", '%61%27%28b%29%2A%21'.replace('%61', 'a')],
    ['../../x?y#z', '..%2F..%2Fx%3Fy%23z'],
    ['\\evil', '%5Cevil'],
    ['你好', '%E4%BD%A0%E5%A5%BD'],
    ['\ud800x', '%EF%BF%BDx'],
    ['a\r\nb', 'a%0D%0Ab'],
  ])('%j is %s', (value, part) => {
    expect(urlPart(value)).toBe(part);
  });

  test('nothing and missing values are empty', () => {
    expect([urlPart(null), urlPart(undefined), urlPart(''), webUrl(null, undefined, 7)]).toEqual([
      '',
      '',
      '',
      '',
    ]);
  });
});
