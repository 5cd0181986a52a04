import { expect, it } from 'vitest';
import { inspectJson } from '../../src/issue/inspect.ts';
import { readBody } from './harness.ts';

it('prints what was understood, counted: headings, questions, readings, images, links, code and tables', () => {
  const document = readBody(
    '## One\n\n[a](https://a.example) <https://b.example> [![i](https://i.example)](https://c.example) ![j](https://j.example)\n\nhttps://bare.example\n\n### `Two` **bold**\n\n```js\n[no](x)\n```\n\n|a|\n|-|\n|[t](https://t.example)|\n\n##\n\n<img src="https://html.example">\n',
  );
  const json = inspectJson(document);
  expect(json).toMatchObject({ title: 'A title', date: '2026-08-05', datetime: '2026-08-05', slug: null });
  expect(json.outline).toEqual({
    headings: ['One', 'Two bold'],
    pseudoHeadings: [],
    questions: [],
    readings: [],
    contributors: null,
    contributorImage: false,
    images: 2,
    links: 4,
    bareUrls: 1,
    codeBlocks: 1,
    tables: 1,
  });
  expect(json.blocks[0]).toMatchObject({ kind: 'heading', line: 6 });
});
