import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { openapiPath } from '../docs/openapi.ts';
import { postmanPath } from '../docs/postman/collection.ts';
import { HEALTH_OPERATIONS } from '../health.ts';
import { JSON_TYPE } from './answer/answer.ts';
import { contentTag, matchesNone } from './answer/entity-tag.ts';
import type { ContractVersion } from './declare/version.ts';
import { type Endpoint, headerOf } from './rest-request.ts';

/** A shorter text fits into a packet or two as it is. */
const PACKED_BYTES_MIN = 2_048;
const TAKES_GZIP = /(?:^|,)\s*gzip\s*(?:;\s*q=(?:1|0?\.0{0,2}[1-9])[\d.]*\s*)?(?:,|$)/i;
const pack = promisify(gzip);

/** Answers everybody with the same text, compressed for who takes that: once, when it is first asked for. */
export function fixedText(
  operationId: string,
  text: string,
  contentType: string = JSON_TYPE,
  more: Readonly<Record<string, string>> = {},
): Endpoint {
  const plain = Buffer.from(text);
  const tags = { plain: contentTag(text), packed: contentTag(`gzip ${text}`) };
  let packed: Promise<Buffer> | undefined;
  return {
    operationId,
    access: 'public',
    async serve(request) {
      const isPacked = plain.length >= PACKED_BYTES_MIN && TAKES_GZIP.test(headerOf(request, 'accept-encoding') ?? '');
      const etag = isPacked ? tags.packed : tags.plain;
      const headers = { etag, 'cache-control': 'public, max-age=300', vary: 'Accept-Encoding' };
      if (matchesNone(headerOf(request, 'if-none-match'), etag)) return { status: 304, headers, body: undefined };
      const whole = { 'content-type': contentType, ...headers, ...more };
      if (!isPacked) return { status: 200, headers: whole, body: plain };
      packed ??= pack(plain, { level: 9 });
      return { status: 200, headers: { ...whole, 'content-encoding': 'gzip' }, body: await packed };
    },
  };
}

/** Which versions there are. */
export function versionIndex(versions: readonly ContractVersion[]): Endpoint {
  const shown = versions.map(({ version, prefix, deprecated }) => ({
    version,
    status: deprecated === undefined ? 'current' : 'deprecated',
    ...deprecated,
    url: prefix,
    openapi: openapiPath({ prefix }),
    postman: postmanPath({ prefix }),
  }));
  return fixedText('getVersions', JSON.stringify({ versions: shown, docs: '/docs', health: HEALTH_OPERATIONS.all.path }));
}
