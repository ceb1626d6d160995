import { describe, expect, it } from 'vitest';
import { createResolve } from './resolve-name.ts';

const fails = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
const answers =
  (...addresses: string[]) =>
  async () =>
    addresses;
// The real methods have more forms than the one that is used.
const resolver = (resolve4: () => Promise<string[]>, resolve6: () => Promise<string[]>) =>
  createResolve({ resolve4, resolve6 } as unknown as Parameters<typeof createResolve>[0]);

describe('resolving a name', () => {
  it('gives the addresses of both families, so that all of them can be judged', async () => {
    expect(await resolver(answers('1.1.1.1', '1.0.0.1'), answers('2606:4700::1111'))('a.example')).toEqual([
      { address: '1.1.1.1', family: 4 },
      { address: '1.0.0.1', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
  });

  it('is content with one family', async () => {
    expect(await resolver(answers('1.1.1.1'), fails('ENODATA'))('a.example')).toEqual([{ address: '1.1.1.1', family: 4 }]);
    expect(await resolver(fails('ENODATA'), answers('2606:4700::1111'))('a.example')).toEqual([{ address: '2606:4700::1111', family: 6 }]);
  });

  it('rejects when there is none', async () => {
    await expect(resolver(fails('ENOTFOUND'), fails('ENODATA'))('a.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('asks nobody for localhost', async () => {
    const resolve = resolver(fails('asked'), fails('asked'));
    for (const name of ['localhost', 'app.localhost'])
      expect((await resolve(name)).map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
  });
});
