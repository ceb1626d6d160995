// For tests: a browser as far as sign-in knows it, and the letters that people got.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Letter } from '../mail/mailer.ts';
import { SIDES, type Side } from '../sides.ts';

export type Browser = {
  readonly cookies: Map<string, string>;
  readonly fetch: typeof globalThis.fetch;
  /** A request to sign-in: `post('developer', '/sign-in/email', {…})`. */
  post(
    side: Side,
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
};

/** Keeps cookies as a browser does, and sends them to either side: what they are worth there is for the server to say. */
export function openBrowser(urls: Readonly<Record<Side, string>>): Browser {
  const cookies = new Map<string, string>();
  const fetchWithCookies: typeof globalThis.fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(input, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value === '' || /max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return {
    cookies,
    fetch: fetchWithCookies,
    async post(side, path, body, headers = {}) {
      const response = await fetchWithCookies(`${urls[side]}${SIDES[side].prefix}/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
    },
  };
}

/** Oldest first. */
export async function lettersTo(folder: string, to: string): Promise<Letter[]> {
  const files = (await readdir(folder)).sort();
  const read = await Promise.all(files.map(async (file): Promise<Letter> => JSON.parse(await readFile(join(folder, file), 'utf8'))));
  return read.filter((letter) => letter.to === to);
}
