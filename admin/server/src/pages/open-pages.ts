// The pages of one side: a browser app, built before, beside the API of that side. All of it is read once and kept, for it is small: no request
// reaches the file system, so that none can lead out of the folder, and a build while this runs takes nothing away.
import { hash, randomBytes } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';

type Asset = { readonly type: string; readonly etag: string; readonly bodies: readonly Body[] };
type Body = { readonly encoding: 'br' | 'gzip' | undefined; readonly bytes: Buffer };

/** What the build writes where the nonce of a response belongs. */
const NONCE_PLACE = /__NONCE__/g;
const NONCE_BYTES = 16;
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** Smallest first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** `prefix`: the path that the pages were built for. Undefined where none were built. */
export function openPages(prefix: string, folder: string): RequestListener | undefined {
  const indexFile = join(folder, 'index.html');
  if (!existsSync(indexFile)) return undefined;
  const index = readFileSync(indexFile, 'utf8');
  const assets = readAssets(folder);
  return (req, res) => {
    res.setHeader('x-content-type-options', 'nosniff');
    const [path = '', query] = (req.url ?? '').split('?', 2);
    if (req.method !== 'GET' && req.method !== 'HEAD') return end(res.setHeader('allow', 'GET, HEAD'), 405);
    if (path === prefix) return end(res.setHeader('location', `${prefix}/${query === undefined ? '' : `?${query}`}`), 308);
    const name = path.slice(prefix.length + 1);
    if (!name.startsWith('assets/')) return sendIndex(req, res, index);
    const asset = assets.get(name);
    return asset === undefined ? end(res, 404) : sendAsset(req, res, asset);
  };
}

function readAssets(folder: string): ReadonlyMap<string, Asset> {
  const names = globSync('assets/*', { cwd: folder }).map((name) => name.replaceAll('\\', '/'));
  const found = names.flatMap((name): [string, Asset][] => {
    const type = TYPES[extname(name)];
    if (type === undefined) return [];
    const plain = readFileSync(join(folder, name));
    const packed = ENCODINGS.filter(([, ending]) => names.includes(`${name}${ending}`)).map(([encoding, ending]) => ({
      encoding,
      bytes: readFileSync(join(folder, `${name}${ending}`)),
    }));
    return [
      [name, { type, etag: hash('sha256', plain, 'base64url').slice(0, 22), bodies: [...packed, { encoding: undefined, bytes: plain }] }],
    ];
  });
  return new Map(found);
}

/** Every path that is no asset is the app's own to understand. */
function sendIndex(req: IncomingMessage, res: ServerResponse, index: string): void {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  res.setHeader('content-type', 'text/html; charset=utf-8');
  res.setHeader('cache-control', 'no-store');
  res.setHeader('content-security-policy', contentSecurityPolicy(nonce));
  res.setHeader('referrer-policy', 'no-referrer');
  res.setHeader('cross-origin-opener-policy', 'same-origin');
  sendBytes(req, res, Buffer.from(index.replace(NONCE_PLACE, nonce)));
}

/** Styles that components write while they run carry the nonce; scripts come from files alone. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}

/** Its name changes with its content. */
function sendAsset(req: IncomingMessage, res: ServerResponse, { type, etag, bodies }: Asset): void {
  const accepted = String(req.headers['accept-encoding'] ?? '');
  const body = bodies.find(({ encoding }) => encoding === undefined || accepts(accepted, encoding));
  const tag = `"${etag}${body?.encoding === undefined ? '' : `-${body.encoding}`}"`;
  res.setHeader('content-type', type);
  res.setHeader('cache-control', 'public, max-age=31536000, immutable');
  res.setHeader('etag', tag);
  res.setHeader('vary', 'accept-encoding');
  const isKnown = req.headers['if-none-match']?.split(/\s*,\s*/).some((one) => one.replace(/^W\//, '') === tag);
  if (isKnown === true) {
    end(res, 304);
    return;
  }
  if (body?.encoding !== undefined) res.setHeader('content-encoding', body.encoding);
  sendBytes(req, res, body?.bytes ?? Buffer.alloc(0));
}

function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((one) => {
    const [name = '', quality] = one.trim().split(/\s*;\s*q=/i);
    return name.toLowerCase() === encoding && (quality === undefined || Number(quality) > 0);
  });
}

function sendBytes(req: IncomingMessage, res: ServerResponse, bytes: Buffer): void {
  res.setHeader('content-length', bytes.length);
  res.end(req.method === 'HEAD' ? undefined : bytes);
}

function end(res: ServerResponse, status: number): void {
  res.writeHead(status, status === 304 ? {} : { 'content-length': 0 }).end();
}
