// ERRORS.md as a page: `documentationUrl` points at a code's section, and browsers jump to no place in Markdown. Of Markdown it knows what that file
// uses: headings, paragraphs, a fenced block, `code` and **what is stressed**. It works under the policy of pages without scripts.

const STYLE = `
:root { color-scheme: light dark; --quiet: light-dark(#f3f4f6, #24272c); --link: light-dark(#1d4ed8, #8ab4ff); scroll-padding-top: 1rem }
body { max-width: 46rem; margin: 0 auto; padding: 1rem 1rem 75vh; font: 1rem/1.6 system-ui, sans-serif; background: light-dark(#fff, #16181c); color: light-dark(#1f2328, #e6e8eb); overflow-wrap: anywhere }
code { font: .9em/1.5 ui-monospace, monospace; background: var(--quiet); border-radius: .25rem; padding: .1em .3em }
pre { background: var(--quiet); border-radius: .25rem; padding: .75rem; white-space: pre-wrap }
pre code { background: none; padding: 0 }
a { color: var(--link) }
nav ul { columns: 15rem; padding: 0; list-style: none }
h2 { margin-top: 2.5rem; font-size: 1.15rem }
h2 a { text-decoration: none }
h2:target { outline: 2px solid; outline-offset: .4rem }`;

export function errorCodesPage(markdown: string): string {
  const [title = '', ...blocks] = markdown.trim().split(/\n{2,}/);
  const first = blocks.findIndex((block) => block.startsWith('## '));
  const sections = blocks.splice(first === -1 ? blocks.length : first);
  const codes = sections.filter((block) => block.startsWith('## ')).map(codeOf);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(headed(title))} · Portico</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${inline(headed(title))}</h1>
${blocks.map(block).join('\n')}
<nav aria-label="Codes"><ul>
${codes.map((code) => `<li>${linkTo(code)}</li>`).join('\n')}
</ul></nav>
${sections.map(block).join('\n')}
</main>
</body>
</html>
`;
}

function block(text: string): string {
  if (text.startsWith('## ')) return `<h2 id="${codeOf(text).toLowerCase()}">${linkTo(codeOf(text))}</h2>`;
  const [, fenced] = /^```\w*\n([\s\S]*?)\n?```$/.exec(text) ?? [];
  return fenced === undefined ? `<p>${inline(text)}</p>` : `<pre><code>${escaped(fenced)}</code></pre>`;
}

function linkTo(code: string): string {
  return `<a href="#${code.toLowerCase()}"><code>${code}</code></a>`;
}

function codeOf(heading: string): string {
  return headed(heading).replaceAll(/\W/g, '');
}

function headed(heading: string): string {
  return heading.replace(/^#+ /, '');
}

function inline(text: string): string {
  return escaped(text).replace(/`([^`]+)`|\*\*([^*]+)\*\*/g, (_, code?: string, stressed?: string) =>
    code === undefined ? `<strong>${stressed}</strong>` : `<code>${code}</code>`,
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
