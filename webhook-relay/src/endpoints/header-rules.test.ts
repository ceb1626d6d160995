import { describe, expect, it } from 'vitest';
import { headerProblems } from './header-rules.ts';

describe('the headers of an endpoint', () => {
  it('may be any that do not change the request itself', () => {
    expect(headerProblems({ Authorization: 'Bearer a b', 'X-Tenant': '1', Cookie: 'a=b; c=d' }).size).toBe(0);
  });

  it.each([
    ['Host', 'evil.example'],
    ['content-LENGTH', '0'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'close'],
    ['Proxy-Authorization', 'x'],
    ['webhook-signature', 'v1,x'],
    ['X-Webhook-Signature', 'sha256=x'],
    ['User-Agent', 'x'],
    ['X Y', 'x'],
    ['X-Y:', 'x'],
    ['X\r\nHost', 'x'],
    ['', 'x'],
    ['X-Ünicode', 'x'],
    ['X-Value', 'a\r\nHost: evil.example'],
    ['X-Value', 'a\nb'],
    ['X-Value', 'a\0b'],
    ['X-Value', ' padded'],
    ['X-Value', 'caf\u00e9'],
    ['X-Value', ''],
  ])('refuse %j: %j', (name, value) => {
    expect([...headerProblems({ [name]: value }).keys()]).toEqual([name]);
  });

  it('refuse one name in two spellings', () => {
    expect([...headerProblems({ 'X-A': '1', 'x-a': '2' }).keys()]).toEqual(['x-a']);
  });

  it('refuse more than 20, and more than 4 KiB', () => {
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`x-${i}`, '1']));
    expect(headerProblems(many).get('')).toContain('20');
    expect(headerProblems({ 'x-a': 'a'.repeat(4_094) }).get('')).toContain('4096');
  });
});
