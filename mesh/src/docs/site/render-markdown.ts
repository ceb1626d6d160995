// Markdown of our own files as HTML that works under the policy of pages without scripts.
import { Marked, Renderer, type Token, type Tokens } from 'marked';

export type Heading = { readonly id: string; readonly html: string };
export type Rendered = {
  /** The text of the first heading, as HTML and plain. */
  readonly title: Heading & { readonly text: string };
  readonly body: string;
  /** The headings of the second level, in order. */
  readonly sections: readonly Heading[];
};

/** Where a link of the file leads on the site; undefined for what is not there, of which only the words are shown. */
export type LinkOf = (href: string) => string | undefined;

export function renderMarkdown(markdown: string, linkOf: LinkOf): Rendered {
  const renderer = new PageRenderer(linkOf);
  const body = new Marked().parse(markdown, { renderer, async: false });
  const [title] = renderer.titles;
  if (title === undefined) throw new Error('A page has no heading of the first level.');
  return { title, body, sections: renderer.sections };
}

class PageRenderer extends Renderer {
  readonly titles: (Heading & { text: string })[] = [];
  readonly sections: Heading[] = [];
  readonly #ids = new Set<string>();
  readonly #linkOf: LinkOf;

  constructor(linkOf: LinkOf) {
    super();
    this.#linkOf = linkOf;
  }

  override heading({ tokens, depth }: Tokens.Heading): string {
    const html = this.parser.parseInline(tokens);
    const id = this.#idOf(textOf(tokens));
    if (depth === 1) this.titles.push({ id, html, text: textOf(tokens) });
    if (depth === 2) this.sections.push({ id, html });
    return depth === 1 ? `<h1 id="${id}">${html}</h1>\n` : `<h${depth} id="${id}"><a href="#${id}">${html}</a></h${depth}>\n`;
  }

  /** ```` ```json Its label ```` is folded away under the label. */
  override code({ text, lang = '' }: Tokens.Code): string {
    const [language = '', ...label] = lang.split(' ');
    const block = `<pre tabindex="0"><code class="language-${escaped(language)}">${escaped(text)}</code></pre>\n`;
    return label.length === 0 ? block : `<details><summary>${escaped(label.join(' '))}</summary>\n${block}</details>\n`;
  }

  override table(token: Tokens.Table): string {
    return `<div class="table" tabindex="0">${super.table(token)}</div>\n`;
  }

  override link({ href, tokens }: Tokens.Link): string {
    const words = this.parser.parseInline(tokens);
    const target = this.#linkOf(href);
    return target === undefined ? words : `<a href="${escaped(target)}">${words}</a>`;
  }

  /** Nothing in our files is meant as HTML. */
  override html({ text }: Tokens.HTML | Tokens.Tag): string {
    return escaped(text);
  }

  #idOf(text: string): string {
    const slug = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_]+/gu, '-')
      .replaceAll(/^-|-$/g, '');
    let id = slug;
    for (let n = 2; this.#ids.has(id); n += 1) id = `${slug}-${n}`;
    this.#ids.add(id);
    return id;
  }
}

function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => ('tokens' in token && token.tokens !== undefined ? textOf(token.tokens) : 'text' in token ? token.text : ''))
    .join('');
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
