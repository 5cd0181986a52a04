/** Nothing that a site hides is mailed; what only its generator knows is an error with its line. */
import { describe, expect, it } from 'vitest';
import { preheaderOf } from '../../../src/render/blocks/preheader.ts';
import { htmlOf, proseOf, readBody, rulesOf } from '../harness.ts';

describe('hidden words are not mailed', () => {
  it.each([
    ['Liquid', 'a {% comment %}HID{% endcomment %}b'],
    ['Liquid', 'a {%- comment -%}HID{%- endcomment -%}b'],
    ['Liquid', 'a {% # HID %}b'],
    ['Liquid', 'a {% if false %}HID{% endif %}b'],
    ['Liquid', 'a {% if false %}HID{% if x %}HID{% endif %}HID{% endif %}b'],
    ['Liquid', 'a {% if false %}HID{% else %}b{% endif %}'],
    ['Liquid', 'a {% if true %}b{% else %}HID{% endif %}'],
    ['Liquid', 'a {% unless true %}HID{% endunless %}b'],
    ['Liquid', 'a {% if nil %}HID{% elsif true %}b{% else %}HID{% endif %}'],
    ['Liquid', 'a {% capture x %}HID{% endcapture %}b'],
    ['Liquid', 'a {% assign x = "HID" %}b'],
    ['Nunjucks', 'a {# HID #}b'],
    ['Nunjucks', 'a {#- HID\nHID -#}b'],
    ['Nunjucks', 'a {% set x = "HID" %}b'],
    ['Nunjucks', 'a {% set x %}HID{% endset %}b'],
    ['Nunjucks', 'a {% macro m(x) %}HID{% endmacro %}b'],
    ['kramdown', 'a {::comment}HID{:/comment}b'],
    ['kramdown', 'a {::comment}HID{:/}b'],
    ['kramdown', 'a {::options toc_levels="HID" /}b'],
    ['Hugo', 'a {{/* HID */}}b'],
    ['Hugo', 'a {{- /* HID */ -}}b'],
    ['Hugo', 'a {{< comment >}}HID{{< /comment >}}b'],
    ['Handlebars', 'a {{!-- HID --}}b'],
    ['MDX', 'a {/* HID */}b'],
    ['Obsidian', 'a %%HID%% b'],
    ['HTML', 'a <!-- HID -->b'],
    ['HTML', 'a <!-- HID\n\nHID -->b'],
    ['HTML', 'a <span style="display:none">HID</span>b'],
    ['HTML', "a <span style='color: red; DISPLAY : none !important'>HID <b>HID</b></span>b"],
    ['HTML', 'a <span style="visibility:hidden">HID</span>b'],
    ['HTML', 'a <span hidden>HID <span>HID</span> HID</span>b'],
    ['HTML', 'a <b hidden="until-found">HID</b>b'],
    ['HTML', 'a <img hidden src="HID.png">b'],
    ['HTML', 'a <span style="font-size:0">HID</span>b'],
    ['HTML', 'a <span style="color:red; Font-Size: 0px !important">HID</span>b'],
    ['HTML', 'a <span style="opacity: 0.0;">HID</span>b'],
    ['ERB', 'a <%# HID %>b'],
    ['HTML', 'a <template>HID</template>b'],
    ['HTML', 'a <noscript>HID</noscript>b'],
    ['HTML', 'a <dialog>HID</dialog>b'],
  ])('%s: %j', (_, source) => {
    const document = readBody(source);
    expect(JSON.stringify(document.blocks)).not.toContain('HID');
    expect(preheaderOf(document)).not.toContain('HID');
    expect(proseOf(source).replace(/<\/?p>|\s/g, '')).toBe('ab');
    expect(document.messages).toEqual([]);
  });

  it.each([
    '{% comment %}\n\n## HID\n\n```\nHID\n{% endcomment %}',
    '{::comment}\n\n## HID\n\n{:/comment}',
    '{#\n\n## HID\n\n#}',
    '%%\n\n## HID\n\n%%',
    '<div hidden>\n\n## HID\n\n<div>HID</div>\n\n</div>',
    '<template>\n\n## HID\n\n</template>',
    '<section style="display:none">\n## HID\n\nHID\n</section>',
    '<details hidden>\n\n## HID\n\n</details>',
    '<p hidden>HID\nHID',
  ])('over several blocks: %j', (hidden) => {
    const { blocks, outline, messages } = readBody(`Above.\n\n${hidden}\n\nBelow.`);
    expect(JSON.stringify({ blocks, outline })).not.toContain('HID');
    expect(blocks.map((block) => 'content' in block && htmlOf(block.content)).join('')).toMatch(
      /Above.*Below/s,
    );
    expect(messages).toEqual([]);
  });

  it('a leading comment does not become the preheader, nor does template code', () => {
    const document = readBody(
      '{% comment %} not for readers {% endcomment %}\n\nThe lamps were lit at noon today.',
    );
    expect(preheaderOf(document)).toBe('The lamps were lit at noon today.');
    expect(preheaderOf(readBody('{% include x.html %}\n\nThe lamps were lit at noon today.'))).toBe(
      'The lamps were lit at noon today.',
    );
  });

  it('rows of a table that are hidden leave the others where they are', () => {
    const table = '<table>\n<tr hidden>\n<td>HID</td>\n</tr>\n<tr>\n    <td>seen</td>\n</tr>\n</table>';
    expect(proseOf(table)).toMatch(/<table>.*<td>seen<\/td>.*<\/table>/s);
    expect(proseOf(table)).not.toContain('HID');
  });

  it('what follows keeps its line', () => {
    const { blocks } = readBody('{% comment %}\n\nx\n{% endcomment %}\n\n## H');
    expect(blocks).toMatchObject([{ kind: 'heading', line: 11 }]);
  });
});

describe('what is seen stays', () => {
  it.each([
    ['`{% comment %}x{% endcomment %}`', '<p><code>{% comment %}x{% endcomment %}</code></p>'],
    ['`` {# x #} ` `` <b>y</b>', '<p><code>{# x #} `</code> <b>y</b></p>'],
    ['`<span hidden>x</span>`', '<p><code>&#x3C;span hidden>x&#x3C;/span></code></p>'],
    ['50%% to 60%%', '<p>50%% to 60%%</p>'],
    ['100%%，200%%', '<p>100%%，200%%</p>'],
    ['<span aria-hidden="true">x</span>', '<p><span aria-hidden="true">x</span></p>'],
    ['<span style="overflow:hidden">x</span>', '<p><span>x</span></p>'],
    ['<span title="hidden">x</span>', '<p><span>x</span></p>'],
    ['\\{% x %}', '<p>{% x %}</p>'],
    ['{% raw %}{{name}}{% endraw %}', '<p><slot path="reader.name"></slot></p>'],
    ['{::nomarkdown}<b>x</b>{:/nomarkdown}', '<p><b>x</b></p>'],
    ['{{</* figure */>}} and {{%/* notice */%}}', '<p>{{&#x3C; figure >}} and {{% notice %}}</p>'],
    ['{% highlight ruby %}puts 1{% endhighlight %}', '<p><code>puts 1</code></p>'],
  ])('%j', (source, html) => {
    expect(proseOf(source)).toBe(html);
  });

  it.each([
    '```\n{% comment %}\n<div hidden>\n```',
    '~~~\n{# x #}\n~~~',
    '    {% if x %}\n    <span hidden>',
    '> ```\n> {% if x %}\n> ```',
    '- a\n\n  ```\n  {% if x %}\n  ```',
    '{% highlight html %}\n{% comment %}{{ site.x }}<b hidden>\n{% endhighlight %}',
  ])('in code all of it: %j', (source) => {
    const { blocks, messages } = readBody(`${source}\n\nText`);
    expect(messages).toEqual([]);
    const said = JSON.stringify(blocks).replace(/&#x3C;/g, '<');
    for (const mark of source.match(/\{[%#][^}]*\}|<\w+ hidden>/g) ?? [])
      if (!mark.includes('highlight')) expect(said).toContain(mark);
    expect(said).toContain('Text');
  });
});

describe("what only the site's generator knows is an error with its line, and is not mailed", () => {
  it.each([
    '{% if page.x %}HID{% endif %}',
    '{% for p in site.posts %}HID{% endfor %}',
    '{% include note.html text="HID" %}',
    '{% render "HID" %}',
    '{{ site.HID }}',
    '{{ page.title | HID }}',
    '{{ url_for("HID") }}',
    '{{< tweet user="HID" id="1" >}}',
    '{{% unknown HID %}}',
    '{% youtuber HID %}',
    '<a href="{{ site.HID }}/x">Text</a>',
  ])('%j', (source) => {
    const document = readBody(`Text.\n\n${source}\n\nMore.`);
    expect(rulesOf(document)).toEqual(['error 8 template-unknown']);
    expect(JSON.stringify(document.blocks)).not.toContain('HID');
  });

  it.each(['{% comment %}', '{% if false %}', '<div hidden>', '{::comment}', '{% raw %}'])(
    'an end that is missing hides the rest, and is an error: %s',
    (opening) => {
      const document = readBody(`Text.\n\n${opening} HID\n\nHID`);
      expect(rulesOf(document)).toEqual(['error 8 template-unclosed']);
      if (opening !== '{% raw %}') expect(JSON.stringify(document.blocks)).not.toContain('HID');
    },
  );

  it('components and expressions of MDX, but not its imports and exports, which show nothing', () => {
    const source =
      'import A from "./a"\nexport const x = 1\n\n# Hello {frontmatter.x}\n\n<Card a={1}>in</Card>';
    const document = readBody(source, 'x.mdx');
    expect(rulesOf(document)).toEqual([
      'error 9 template-unknown',
      'error 11 template-unknown',
      'error 11 template-unknown',
    ]);
    expect(JSON.stringify(document.blocks)).not.toMatch(/import|export|Card|frontmatter/);
  });
});

describe('what has a form of ours gets it', () => {
  it.each([
    ['{% note info 标题 %}\nText\n{% endnote %}', 'note', '标题'],
    ['{{% notice tip "Hey" %}}\nText\n{{% /notice %}}', 'tip', 'Hey'],
    ['{{< callout type="warning" >}}\nText\n{{< /callout >}}', 'warning', undefined],
    ['{{< admonition danger "A [b]" >}}\nText\n{{< /admonition >}}', 'caution', 'A [b]'],
    ['{{< hint info >}}\nText\n{{< /hint >}}', 'note', undefined],
  ])('a box: %j', (source, tone, title) => {
    const { blocks, messages } = readBody(source);
    expect(messages).toEqual([]);
    expect(blocks).toMatchObject([{ kind: 'callout', tone, ...(title ? { title } : {}) }]);
  });

  it('code of Hexo and Hugo', () => {
    const hexo = '{% codeblock lang:js %}\nlet a = {{ x }};\n{% endcodeblock %}';
    const hugo = '{{< highlight js "linenos=table" >}}\nlet a = {{ x }};\n{{< /highlight >}}';
    for (const source of [hexo, hugo])
      expect(readBody(source).blocks).toMatchObject([
        { kind: 'code', code: 'let a = {{ x }};', language: 'js' },
      ]);
  });

  it('figures and films of Hugo', () => {
    expect(proseOf('{{< figure src="/a.png" alt="A" caption="C" >}}\nText')).toBe(
      '<figure><img src="/a.png" alt="A"><figcaption>C</figcaption></figure><p>Text</p>',
    );
    expect(readBody('{{< youtube w7Ft2ymGmfc >}}').blocks).toMatchObject([
      { kind: 'video', url: 'https://www.youtube.com/watch?v=w7Ft2ymGmfc' },
    ]);
  });

  it.each(['[TOC]', '[[toc]]', '@[toc]', '{{< toc >}}', '[[_TOC_]]'])(
    'a table of contents is left out: %s',
    (toc) => {
      expect(proseOf(`${toc}\n\nText`)).toBe('<p>Text</p>');
    },
  );
});
