import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { mounted } from './mounted.ts';

it('hands what is below a prefix to the mount, and nothing else', () => {
  const heard: string[] = [];
  const handler = mounted([{ prefix: '/portal/api', handler: () => void heard.push('mount') }], () => void heard.push('gateway'));
  for (const url of ['/portal/api/trpc/me.get', '/portal/apix/trpc', '/portal/api', '/api/v1/orders', '/x/portal/api/']) {
    // The handlers look at nothing but the address.
    handler({ url } as IncomingMessage, {} as ServerResponse);
  }
  expect(heard).toEqual(['mount', 'gateway', 'gateway', 'gateway', 'gateway']);
});
