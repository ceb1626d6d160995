import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { mounted } from './mounted.ts';

it('hands what is at and below a prefix to the first mount that has it, and nothing else', () => {
  const heard: string[] = [];
  const handler = mounted(
    [
      { prefix: '/portal/api', handler: () => void heard.push('api') },
      { prefix: '/portal', handler: () => void heard.push('pages') },
    ],
    () => void heard.push('gateway'),
  );
  const urls = [
    '/portal/api/trpc/me.get',
    '/portal/apix/trpc',
    '/portal/api',
    '/portal',
    '/portal?a=/portal/api/',
    '/portals',
    '/api/v1/orders',
    '/x/portal/api/',
  ];
  for (const url of urls) {
    // The handlers look at nothing but the address.
    handler({ url } as IncomingMessage, {} as ServerResponse);
  }
  expect(heard).toEqual(['api', 'pages', 'api', 'pages', 'pages', 'gateway', 'gateway', 'gateway']);
});
