// The options of curl that say what a request is. What is not known is refused: an option that is passed over changes the request, and its value
// would be taken for the address.
import { type DescribedOperation, METHODS, UnreadableSource } from './described-provider.ts';

export type Header = readonly [name: string, value: string];
export type CurlWords = {
  readonly url: string | undefined;
  readonly method: DescribedOperation['method'];
  readonly headers: readonly Header[];
  readonly data: string | undefined;
  readonly hasCertificate: boolean;
};

/** By what an option means. `nothing`: it says how the request travels, or what becomes of the answer. */
const WITH_VALUE: Readonly<Record<'method' | 'header' | 'data' | 'certificate' | 'url' | 'nothing', string>> = {
  method: '-X --request',
  header: '-H --header',
  data: '-d --data --data-ascii --data-raw --data-binary --json',
  certificate: '-E --cert',
  url: '--url',
  nothing: '-o --output -m --max-time --connect-timeout -A --user-agent --retry --retry-delay -e --referer --cacert --key -w --write-out',
};
const MEANINGS = new Map(
  Object.entries(WITH_VALUE).flatMap(([meaning, names]) => names.split(' ').map((name) => [name, meaning as keyof typeof WITH_VALUE])),
);
const ALONE = new Set(
  (
    '-s -S -L -k -v -i -f -g -N -# --silent --show-error --location --insecure --verbose --include --fail --fail-with-body --globoff ' +
    '--no-buffer --progress-bar --compressed --http1.1 --http2'
  ).split(' '),
);
const HEAD = new Set(['-I', '--head']);
const BASIC = new Set(['-u', '--user']);

/** Throws UnreadableSource. */
export function readCurlWords([program, ...words]: readonly string[]): CurlWords {
  if (program !== 'curl') throw new UnreadableSource('The command does not begin with curl.');
  const headers: Header[] = [];
  const data: string[] = [];
  let [method, url, hasCertificate]: [string | undefined, string | undefined, boolean] = [undefined, undefined, false];
  const rest = words.flatMap(splitShortOptions);
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    const meaning = MEANINGS.get(word);
    if (meaning !== undefined) {
      const value = rest.shift();
      if (value === undefined) throw new UnreadableSource(`${word} has no value.`);
      if (meaning === 'method') method = value;
      else if (meaning === 'header') headers.push(headerOf(value));
      else if (meaning === 'data') data.push(value);
      else if (meaning === 'certificate') hasCertificate = true;
      else if (meaning === 'url') url = value;
    } else if (HEAD.has(word)) method = 'head';
    else if (BASIC.has(word)) throw new UnreadableSource('Basic authentication (-u) is none that the client has.');
    else if (!word.startsWith('-')) url ??= word;
    else if (!ALONE.has(word))
      throw new UnreadableSource(`The option ${word} is not understood; leave it away if the request goes without.`);
  }
  const known = METHODS.find((name) => name === (method ?? (data.length === 0 ? 'get' : 'post')).toLowerCase());
  if (known === undefined) throw new UnreadableSource(`${method} is no method that the client has.`);
  return { url, headers, data: data.length === 0 ? undefined : data.join('&'), hasCertificate, method: known };
}

/** `-sXPOST` as `-s`, `-X`, `POST`. */
function splitShortOptions(word: string): string[] {
  if (!/^-[^-]./.test(word)) return [word];
  const [option, after] = [word.slice(0, 2), word.slice(2)];
  return MEANINGS.has(option) || BASIC.has(option) ? [option, after] : [option, ...splitShortOptions(`-${after}`)];
}

function headerOf(line: string): Header {
  const colon = line.indexOf(':');
  return [line.slice(0, Math.max(0, colon)).trim(), line.slice(colon + 1).trim()];
}
