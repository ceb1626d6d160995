import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { docsSite, REFERENCE_PATH } from '../docs/site/docs-site.ts';
import { ASSETS_PATH, REFERENCE_POLICY } from '../docs/site/reference-page.ts';
import type { ContractVersion } from './declare/version.ts';
import { fixedText } from './plain-endpoints.ts';
import type { RoutedEndpoint } from './router.ts';

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';
const swaggerUi = (name: string): string => createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);
const ours = (name: string): URL => new URL(`../docs/site/assets/${name}`, import.meta.url);

/** What the reference loads, and from where; nothing of it comes from another host. */
const ASSETS: readonly { name: string; type: string; file: string | URL }[] = [
  { name: 'swagger-ui-bundle.js', type: SCRIPT, file: swaggerUi('swagger-ui-bundle.js') },
  { name: 'swagger-ui.css', type: STYLE, file: swaggerUi('swagger-ui.css') },
  { name: 'reference.js', type: SCRIPT, file: ours('reference.js') },
  { name: 'reference.css', type: STYLE, file: ours('reference.css') },
];

/** The documentation for integrators, every error's `documentationUrl` included. */
export function docsEndpoints(contract: ContractVersion): RoutedEndpoint[] {
  const pages = docsSite(contract).map(({ path, html }): RoutedEndpoint => {
    const policy: Record<string, string> = path === REFERENCE_PATH ? { 'content-security-policy': REFERENCE_POLICY } : {};
    return { method: 'GET', path, endpoint: fixedText('getDocs', html, 'text/html; charset=utf-8', policy) };
  });
  const assets = ASSETS.map(({ name, type, file }): RoutedEndpoint => {
    const endpoint = fixedText('getDocs', readFileSync(file, 'utf8'), type);
    return { method: 'GET', path: `${ASSETS_PATH}/${name}`, endpoint };
  });
  return [...pages, ...assets];
}
