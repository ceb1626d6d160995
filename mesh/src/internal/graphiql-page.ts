// GraphiQL, for development. Its page comes from Yoga and takes its program from unpkg.com; the policy allows that, the page's own scripts by
// their hashes, and nothing else.
import { hash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { renderGraphiQL } from 'graphql-yoga';

export type GraphiqlPage = { readonly html: string; readonly policy: string };

export function createGraphiqlPage(): GraphiqlPage {
  const html = renderGraphiQL({ endpoint: '/graphql' });
  const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = '']) => `'sha256-${hash('sha256', text, 'base64')}'`);
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.join(' ')} https://unpkg.com/@graphql-yoga/`,
    'worker-src blob:',
    "style-src 'unsafe-inline' https://unpkg.com/@graphql-yoga/",
    'font-src data: https://unpkg.com/@graphql-yoga/',
    "img-src 'self' data: https://raw.githubusercontent.com",
    "connect-src 'self' https://unpkg.com/@graphql-yoga/",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { html, policy: policy.join('; ') };
}

export function sendPage(res: ServerResponse, { html, policy }: GraphiqlPage): void {
  res.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(html),
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  res.end(html);
}
