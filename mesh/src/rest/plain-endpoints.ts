import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { JSON_TYPE } from './answer/answer.ts';
import { contentTag, matchesNone } from './answer/entity-tag.ts';
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
export function versionIndex(): Endpoint {
  return fixedText(
    'getVersions',
    JSON.stringify({
      versions: [{ version: '1', status: 'current', url: '/api/v1', openapi: '/api/v1/openapi.json', postman: '/api/v1/postman.json' }],
      docs: '/docs',
      health: '/api/health',
    }),
  );
}
