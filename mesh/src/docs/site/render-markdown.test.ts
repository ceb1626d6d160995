import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './render-markdown.ts';

const render = (markdown: string) =>
  renderMarkdown(`# Title\n\n${markdown}`, (href) => (href.startsWith('known') ? `/docs/${href}` : undefined));

describe('Markdown as a page', () => {
  it('has a place to link to for each heading, each once', () => {
    const { body, sections, title } = render('## `NOT_FOUND`\n\n## The *same*\n\n## The same\n');
    expect(sections.map(({ id }) => id)).toEqual(['not_found', 'the-same', 'the-same-2']);
    expect([...body.matchAll(/<h2 id="([\w-]+)"><a href="#([\w-]+)">/g)].map(([, id, link]) => [id, link])).toEqual(
      sections.map(({ id }) => [id, id]),
    );
    expect(title.text).toBe('Title');
  });

  it('shows text as it is meant, and nothing of it as markup', () => {
    const { body } = render('A <b>tag</b>, `<i>` & **co**.\n\n<script>alert(1)</script>\n\n```json\n{ "a": "</pre>" }\n```\n');
    expect(body).toContain('A &lt;b&gt;tag&lt;/b&gt;, <code>&lt;i&gt;</code> &amp; <strong>co</strong>.');
    expect(body).toContain('{ &quot;a&quot;: &quot;&lt;/pre&gt;&quot; }');
    expect(body).not.toMatch(/<(?:b|i|script)>/);
  });

  it('leads to what the site has, and shows of other files their name alone', () => {
    const { body } = render('[one](known#part), [two](../src/other.ts).');
    expect(body).toContain('<a href="/docs/known#part">one</a>, two.');
  });

  it('folds a block with a label away under it', () => {
    expect(render('```python In Python\nx = 1\n```').body).toMatch(
      /<details><summary>In Python<\/summary>\n<pre[^>]*><code[^>]*>x = 1<\/code>/,
    );
  });

  it('is none without a title', () => {
    expect(() => renderMarkdown('text', () => undefined)).toThrow(/no heading/);
  });
});
