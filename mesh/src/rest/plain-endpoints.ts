import { readFileSync } from 'node:fs';
import { errorCodesPage } from '../docs/error-codes-page.ts';
import { openapiPath } from '../docs/openapi.ts';
import { HEALTH_OPERATIONS } from '../health.ts';
import { JSON_TYPE } from './answer/answer.ts';
import { contentTag, matchesNone } from './answer/entity-tag.ts';
import type { ContractVersion } from './declare/version.ts';
import { type Endpoint, headerOf } from './rest-request.ts';

/** Answers everybody with the same text. */
export function fixedText(operationId: string, text: string, contentType: string = JSON_TYPE): Endpoint {
  const etag = contentTag(text);
  return {
    operationId,
    access: 'public',
    async serve(request) {
      const headers = { etag, 'cache-control': 'public, max-age=300' };
      if (matchesNone(headerOf(request, 'if-none-match'), etag)) return { status: 304, headers, body: undefined };
      return { status: 200, headers: { 'content-type': contentType, ...headers }, body: text };
    },
  };
}

/** The page that every error's `documentationUrl` points into. */
export function errorPage(): Endpoint {
  const markdown = readFileSync(new URL('../../ERRORS.md', import.meta.url), 'utf8');
  return fixedText('getErrorCodes', errorCodesPage(markdown), 'text/html; charset=utf-8');
}

/** Which versions there are. */
export function versionIndex(versions: readonly ContractVersion[]): Endpoint {
  const shown = versions.map(({ version, prefix, deprecated }) => ({
    version,
    status: deprecated === undefined ? 'current' : 'deprecated',
    ...deprecated,
    url: prefix,
    openapi: openapiPath({ prefix }),
  }));
  return fixedText('getVersions', JSON.stringify({ versions: shown, health: HEALTH_OPERATIONS.all.path }));
}
