import type { RequestListener } from 'node:http';

/** What answers under a path of one of our listeners, as it came in: the pipeline and its rules are for the API alone. */
export type Mount = { readonly prefix: string; readonly handler: RequestListener };

/** Hands requests below a mount's prefix to it, and all others on. */
export function mounted(mounts: readonly Mount[] = [], otherwise: RequestListener): RequestListener {
  if (mounts.length === 0) return otherwise;
  const paths = mounts.map(({ prefix, handler }) => ({ below: `${prefix}/`, handler }));
  return (req, res) => {
    const found = paths.find(({ below }) => req.url?.startsWith(below));
    (found?.handler ?? otherwise)(req, res);
  };
}
