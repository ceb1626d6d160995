import { expect, it } from 'vitest';
import { natsAddress } from './nats-address.ts';

it.each([
  ['nats://broker.example:4222', { servers: 'broker.example:4222' }],
  ['nats://s%40crettoken@[::1]:4222', { servers: '[::1]:4222', token: 's@crettoken' }],
  ['tls://portico:pass%2Fword@broker.example', { servers: 'broker.example', user: 'portico', pass: 'pass/word', tls: {} }],
])('reads server and credentials from %s', (url, options) => {
  expect(natsAddress(url)).toEqual(options);
});
