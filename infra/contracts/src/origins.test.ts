import { describe, expect, it } from 'vitest';
import { isOrigin } from './origins.ts';

describe('an origin', () => {
  it.each(['https://shop.example', 'http://127.0.0.1:3000', 'https://[::1]:8443', 'https://xn--bcher-kva.example'])('is %s', (text) => {
    expect(isOrigin(text)).toBe(true);
  });

  it.each([
    'https://shop.example/',
    'https://shop.example/path',
    'https://Shop.example',
    'https://shop.example:443',
    'https://user:pw@shop.example',
    'https://*.shop.example',
    'ftp://shop.example',
    'shop.example',
    'null',
    '*',
    '',
  ])('is not %s', (text) => {
    expect(isOrigin(text)).toBe(false);
  });
});
