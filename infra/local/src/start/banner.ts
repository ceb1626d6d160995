import { curlCommand } from '../commands/request/curl-command.ts';
import type { StartedPlatform } from './start-all.ts';

const EXAMPLE_TARGET = '/api/v1/orders?perPage=2';

/** What a start prints: what each dependency resolved to, where to go, and a request that works when pasted. */
export function banner({ publicUrl, internalUrl, resolved, demoKey }: StartedPlatform): string {
  const { key, secret } = demoKey;
  const rows = [
    ...resolved.map(({ name, resolved: to }) => [name, to] as const),
    ['api', `${publicUrl}/api/v1`],
    ['portal', `${publicUrl}/portal/`],
    ['console', `${internalUrl}/console/`],
    ['health', `${publicUrl}/api/health`],
    ['internal', `${internalUrl}/graphql   /metrics   /health`],
    ['key', `${key}   (account demo, test mode)`],
    ['secret', secret],
  ] as const;
  return [
    'Portico is running. Ctrl-C stops it.',
    '',
    ...rows.map(([name, text]) => `  ${name.padEnd(9)} ${text}`),
    '',
    'Paste this to read two orders; it signs itself:',
    '',
    curlCommand({ origin: publicUrl, method: 'GET', target: EXAMPLE_TARGET, key, secret }),
    '',
  ].join('\n');
}
