import { z } from 'zod';

const answer = z.object({ status: z.number(), headers: z.record(z.string(), z.string()) });

/**
 * Whether an answer may be kept: 2xx, and not `Cache-Control: no-store` (RFC 9111 §5.2.2.5). The other rules are for caches that several
 * clients share; a kept answer here belongs to one credential. A value that is no HTTP answer may be kept.
 */
export function mayKeep(value: unknown): boolean {
  const parsed = answer.safeParse(value);
  if (!parsed.success) return true;
  const { status, headers } = parsed.data;
  const cacheControl = Object.entries(headers).find(([name]) => name.toLowerCase() === 'cache-control')?.[1] ?? '';
  return status >= 200 && status < 300 && !/(?:^|[\s,])no-store(?:$|[\s,;=])/i.test(cacheControl);
}
