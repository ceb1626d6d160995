import { describe, expect, it } from 'vitest';
import { errorCodesPage } from './error-codes-page.ts';

describe('the page of error codes', () => {
  it('has a heading to link to for each code, and every link leads to one', () => {
    const html = errorCodesPage('# Codes\n\n## `NOT_FOUND`\n\nStatus 404.\n\n## `CONFLICT`\n\nStatus 409.\n');
    expect([...html.matchAll(/<h2 id="(\w+)"/g)].map(([, id]) => id)).toEqual(['not_found', 'conflict']);
    expect([...html.matchAll(/<a href="#(\w+)"/g)].map(([, id]) => id)).toEqual(['not_found', 'conflict', 'not_found', 'conflict']);
  });

  it('shows text as it is meant: code, what is stressed, and nothing of it as markup', () => {
    const html = errorCodesPage(
      '# Codes\n\n**Details:** `items[0]` is `<b>` & co,\nover two lines.\n\n```json\n{ "a": "`**<i>**`" }\n```\n',
    );
    expect(html).toContain('<p><strong>Details:</strong> <code>items[0]</code> is <code>&lt;b&gt;</code> &amp; co,\nover two lines.</p>');
    expect(html).toContain('<pre><code>{ &quot;a&quot;: &quot;`**&lt;i&gt;**`&quot; }</code></pre>');
  });
});
