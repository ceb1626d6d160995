// What all pages of the documentation have around them.
import { readFileSync } from 'node:fs';
import { escaped, type Heading } from './render-markdown.ts';

/** A page as the navigation knows it. */
export type Place = { readonly path: string; readonly label: string; readonly group: string };

export type PageContent = {
  readonly place: Place;
  readonly title: string;
  readonly description: string;
  readonly main: string;
  readonly sections: readonly Heading[];
  /** Beside the style of all pages. */
  readonly head?: string;
};

const STYLE = readFileSync(new URL('site.css', import.meta.url), 'utf8').replaceAll(/\s*\n\s*/g, ' ');

export function sitePage(places: readonly Place[], { place, title, description, main, sections, head = '' }: PageContent): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Portico</title>
<meta name="description" content="${escaped(description)}">
<link rel="icon" href="data:,">
<style>${STYLE}</style>
${head}</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<nav class="site" aria-label="Documentation">
<a class="brand" href="/docs">Portico</a>
${groupsOf(places, place, sections)}</nav>
<main id="content">
${main}</main>
</body>
</html>
`;
}

function groupsOf(places: readonly Place[], current: Place, sections: readonly Heading[]): string {
  return [...Map.groupBy(places, ({ group }) => group)]
    .map(([group, members]) => {
      const items = members.map((place) => itemOf(place, place.path === current.path ? sections : undefined));
      return `<p>${escaped(group)}</p>\n<ul>\n${items.join('')}</ul>\n`;
    })
    .join('');
}

/** With the sections of the page that is shown. */
function itemOf({ path, label }: Place, sections: readonly Heading[] | undefined): string {
  if (sections === undefined) return `<li><a href="${path}">${escaped(label)}</a></li>\n`;
  const inner = sections.map(({ id, html }) => `<li><a href="#${id}">${withoutLinks(html)}</a></li>\n`).join('');
  return `<li><a href="${path}" aria-current="page">${escaped(label)}</a>${inner === '' ? '' : `\n<ul>\n${inner}</ul>`}</li>\n`;
}

function withoutLinks(html: string): string {
  return html.replaceAll(/<\/?a\b[^>]*>/g, '');
}
