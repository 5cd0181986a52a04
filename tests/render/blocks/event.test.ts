import { expect, test } from 'vitest';
import type { Block } from '../../../src/issue/document/document.ts';
import { withoutFacts } from '../../../src/render/blocks/event.ts';
import { contentWords } from '../../../src/render/content/content-words.ts';
import { h, p } from '../fixtures.ts';

type Gathering = Extract<Block, { kind: 'event' }>;

const event = (content: Gathering['content'], facts: Partial<Gathering>): Gathering => ({
  kind: 'event',
  line: 1,
  content,
  ...facts,
});
const saidOf = (block: Gathering): string[] => withoutFacts(block).map((node) => contentWords([node]));

test('what stands in the list of facts is not said again below it', () => {
  const content = [
    p(h('strong', {}, '主题：'), 'Layotto 社区会议'),
    p(h('strong', {}, '时间：'), '4 月 19 日 14:00 - 15:00'),
    p('本次会议讨论了选题。'),
  ];
  const facts = { topic: 'Layotto 社区会议', time: '4 月 19 日 14:00 - 15:00' };
  expect(saidOf(event(content, facts))).toEqual(['本次会议讨论了选题。']);
});

test('only the lines that repeat a fact go; the others of their paragraph or list stay', () => {
  const lines = p('Time: Friday', h('br', {}), 'Bring a coat', h('br', {}), 'Place: the pier');
  const list = h('ul', {}, h('li', {}, 'When: Friday'), h('li', {}, p('Who: all keepers')));
  expect(saidOf(event([lines, list], { time: 'Friday', place: 'the pier' }))).toEqual([
    'Bring a coat',
    'Who: all keepers',
  ]);
});

test('a list of nothing but facts goes as a whole', () => {
  const list = h('ul', {}, h('li', {}, 'When: Friday'));
  expect(withoutFacts(event([list], { time: 'Friday' }))).toEqual([]);
});

test('a block without facts keeps its words, and a word that only looks like a fact stays', () => {
  expect(saidOf(event([p('Time: Friday')], {}))).toEqual(['Time: Friday']);
  expect(saidOf(event([p('We meet on Friday')], { time: 'Friday' }))).toEqual(['We meet on Friday']);
});
