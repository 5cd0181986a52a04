/** Template code of other programs is mailed as it stands, so the editor is told where it is. */
import { describe, expect, it } from 'vitest';
import { proseOf, readBody, rulesOf } from '../../harness.ts';

/** The body begins in the sixth line. */
const saidOf = (body: string): string[] =>
  readBody(body).messages.map(
    ({ severity, line, column, rule, text }) =>
      `${severity} ${line}:${column} ${rule} ${text.split(' is not ')[0]}`,
  );

describe('tags of ERB and EJS', () => {
  it.each([
    ['Dear <%= name %>,', ['warning 6:6 template-literal <%= name %>']],
    ['Text.\nDear <%- name -%>,', ['warning 7:6 template-literal <%- name -%>']],
    [
      'a <%= name %>\nb\nc <%= name %>',
      ['warning 6:3 template-literal <%= name %>', 'warning 8:3 template-literal <%= name %>'],
    ],
    [
      '<% if (big) { %>\n- one\n- two\n<% } %>',
      ['warning 6:1 template-literal <% if (big) { %>', 'warning 9:1 template-literal <% } %>'],
    ],
    ['> 各位<%= name %>：\n> 你好', ['warning 6:5 template-literal <%= name %>']],
    ['## Hello <%= name %>', ['warning 6:10 template-literal <%= name %>']],
    ['| a |\n|---|\n| <%= b %> |', ['warning 8:3 template-literal <%= b %>']],
    ['<p>\n<%= a %>\n</p>', ['warning 7:1 template-literal <%= a %>']],
    ['<%\n  hello\n%>', ['warning 6:1 template-literal <%']],
  ])('are told with their lines: %j', (body, said) => {
    expect(saidOf(body)).toEqual(said);
  });

  it('are printed as they stand', () => {
    expect(proseOf('Dear <%= name %>,')).toBe('<p>Dear &#x3C;%= name %>,</p>');
  });

  it.each([
    '`<%= name %>`',
    '```erb\n<%= name %>\n```',
    '    <%= name %>',
    'a <code><%= name %></code> b',
    '<pre>\n<%= name %>\n</pre>',
    'a <%# a comment %> b',
    'less than 5 <% of all',
    '{{name}}',
  ])('are not found in code, nor in other text: %j', (body) => {
    expect(saidOf(body)).toEqual([]);
  });

  it('make an address that nobody can follow, also in angles', () => {
    expect(rulesOf(readBody('[a](<%= url %>)'))).toEqual(['error 6 link-template']);
    expect(rulesOf(readBody('[a](https://a.example/<%= id %>)'))).toEqual(['error 6 link-template']);
  });
});

it('other template code is told in the line that it stands in, not in the first of its paragraph', () => {
  expect(saidOf('a\nb\nc \u0024{total} d')).toEqual(['warning 8:3 template-literal \u0024{total}']);
});
