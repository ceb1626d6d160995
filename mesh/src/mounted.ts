import type { RequestListener } from 'node:http';
import { TLSSocket } from 'node:tls';
import { STRICT_TRANSPORT } from './rest/send-answer.ts';

/** What answers under a path of one of our listeners, as it came in: the pipeline and its rules are for the API alone. */
export type Mount = { readonly prefix: string; readonly handler: RequestListener };

/**
 * Hands requests at and below a mount's prefix to it, to the first of several, and all others on. What belongs to the listener a mount cannot
 * know: that it speaks TLS.
 */
export function mounted(mounts: readonly Mount[] = [], otherwise: RequestListener): RequestListener {
  if (mounts.length === 0) return otherwise;
  return (req, res) => {
    const [path = ''] = (req.url ?? '').split('?', 1);
    const found = mounts.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
    if (found === undefined) return otherwise(req, res);
    if (req.socket instanceof TLSSocket) res.setHeader('strict-transport-security', STRICT_TRANSPORT);
    found.handler(req, res);
  };
}
