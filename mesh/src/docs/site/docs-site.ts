// The documentation for integrators: Markdown of the repository, read and rendered once, when the gateway starts. What a page says stands in one
// place; the site adds what is made from declarations: events, code samples, the reference.
import { readFileSync } from 'node:fs';
import type { ContractVersion } from '../../rest/declare/version.ts';
import { codeSamples } from '../samples/code-samples.ts';
import { exampleRequests } from '../samples/example-request.ts';
import { eventsMarkdown } from './events-markdown.ts';
import { limitsMarkdown, tiersMarkdown } from './limits-markdown.ts';
import { referencePage } from './reference-page.ts';
import { type LinkOf, renderMarkdown } from './render-markdown.ts';
import { type Place, sitePage } from './site-page.ts';

export type SitePage = { readonly path: string; readonly html: string };

type Source = Place & {
  /** The file that the page is made from: links to the file lead to the page. */
  readonly file: URL;
  readonly description: string;
  /** The file's own text unless it says otherwise. */
  markdown?(): string;
};

export const REFERENCE_PATH = '/docs/reference';

const fileAt = (path: string): URL => new URL(`../../../../${path}`, import.meta.url);

const GUIDES: readonly Omit<Source, 'group'>[] = [
  {
    path: '/docs',
    label: 'Quick start',
    description: 'From a key to the first order, and what else there is.',
    file: fileAt('mesh/docs/quick-start.md'),
  },
  {
    path: '/docs/authentication',
    label: 'Authentication',
    description: 'API keys with signatures, OAuth 2.0 client credentials, and access tokens.',
    file: fileAt('mesh/docs/authentication.md'),
  },
  {
    path: '/docs/lists',
    label: 'Lists and fields',
    description: 'Paging, filters, sorting, fields and joins.',
    file: fileAt('mesh/docs/lists.md'),
  },
  {
    path: '/docs/writes',
    label: 'Safe writes',
    description: 'Idempotency keys, retries, and writes on a condition.',
    file: fileAt('mesh/docs/writes.md'),
  },
  {
    path: '/docs/rate-limits',
    label: 'Rate limits',
    description: 'What a credential may ask for, and how answers tell what is left.',
    file: fileAt('mesh/docs/rate-limits.md'),
  },
  {
    path: '/docs/webhooks',
    label: 'Webhooks',
    description: 'How to receive, verify and recover webhooks.',
    file: fileAt('webhook-relay/GUIDE.md'),
  },
];

const REFERENCES: readonly Omit<Source, 'group'>[] = [
  {
    path: REFERENCE_PATH,
    label: 'Operations',
    description: 'Every operation of the API, to read and to try.',
    file: fileAt('mesh/openapi-v1.json'),
  },
  {
    path: '/docs/events',
    label: 'Events',
    description: 'Every event type: what it says, an example, its JSON schema.',
    file: fileAt('infra/contracts/src/events/catalogue.ts'),
    markdown: eventsMarkdown,
  },
  {
    path: '/docs/errors',
    label: 'Error codes',
    description: 'Every error code, what it means and what to do.',
    file: fileAt('mesh/ERRORS.md'),
  },
  {
    path: '/docs/migration',
    label: 'From version 1 to 2',
    description: 'How version 2 of the API differs from version 1, and how to move.',
    file: fileAt('mesh/MIGRATION.md'),
  },
  {
    path: '/docs/changes',
    label: 'Changes',
    description: 'What changed in the API, newest first.',
    file: fileAt('mesh/docs/changes.md'),
  },
];

const SOURCES: readonly Source[] = [
  ...GUIDES.map((source) => ({ ...source, group: 'Guides' })),
  ...REFERENCES.map((source) => ({ ...source, group: 'Reference' })),
];

/** All pages. Throws for a page that names an operation, or links to a file beside it, that is not there. */
export function docsSite(contract: ContractVersion): readonly SitePage[] {
  return SOURCES.map((source) => {
    const { path, description, file } = source;
    if (path === REFERENCE_PATH) return { path, html: referencePage(SOURCES, { place: source, description, contract }) };
    const markdown = source.markdown?.() ?? readFileSync(file, 'utf8');
    const { title, body, sections } = renderMarkdown(withMade(markdown, contract), linksFrom(file));
    return { path, html: sitePage(SOURCES, { place: source, title: title.text, description, main: body, sections }) };
  });
}

function linksFrom(file: URL): LinkOf {
  return (href) => {
    if (href.startsWith('#') || /^https?:/.test(href)) return href;
    const { hash, pathname } = new URL(href, file);
    const page = SOURCES.find((source) => source.file.pathname === pathname);
    return page === undefined ? undefined : page.path + hash;
  };
}

const MADE_BLOCK = /^```(samples|tiers|limits)\n(?:(\w+)\n)?```$/gm;

/** Blocks in the place of which stands what is made from declarations: ```` ```samples ```` with the name of an operation, `tiers`, `limits`. */
function withMade(markdown: string, contract: ContractVersion): string {
  return markdown.replaceAll(MADE_BLOCK, (_, kind: string, operationId: string | undefined) => {
    if (kind === 'tiers') return tiersMarkdown();
    return kind === 'limits' ? limitsMarkdown(contract) : samplesMarkdown(contract, operationId);
  });
}

function samplesMarkdown(contract: ContractVersion, operationId: string | undefined): string {
  const request = exampleRequests(contract).find((one) => one.operationId === operationId);
  if (request === undefined) throw new Error(`A page shows samples of ${operationId}, which is no operation.`);
  return codeSamples(request)
    .map(({ lang, label, source }) => `\`\`\`${lang.toLowerCase()} ${label}\n${source}\n\`\`\``)
    .join('\n\n');
}
