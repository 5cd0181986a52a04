import { expect, test } from 'vitest';
import { leaksOf } from './sound.ts';

test.each([
  '<p onclick="x()">a</p>',
  '<img src="x" onerror=y>',
  '<a href="javascript:alert(1)">a</a>',
  '<a title="a > b" href=" VBScript:x">a</a>',
  '<script>x</script>',
  '</mj-section>',
  'Hello q0a1b2c3d4n7q',
])('the fuzz tests notice %s', (html) => {
  expect(leaksOf(html, '')).not.toEqual([]);
});

test('they take no text for a tag', () => {
  expect(
    leaksOf('<p title="&lt;img onerror=x>">&#x3C;a href="javascript:alert(1)" onclick="x()">a</p>', ''),
  ).toEqual([]);
});
