import { expect, it } from 'vitest';
import { banner } from './banner.ts';

it('sends people to https when the gateway terminates TLS', () => {
  const text = banner({
    publicUrl: 'https://127.0.0.1:4000',
    internalUrl: 'http://127.0.0.1:4001',
    resolved: [],
    demoKey: { id: 'key_x', key: 'ak_test_x', secret: 'sk_x' },
    databaseEnded: new Promise(() => {}),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  expect(text).toContain('https://127.0.0.1:4000/api/v1');
  expect(text).not.toContain('http://127.0.0.1:4000');
});
