// Headers that an endpoint's owner adds to ours. They are written into requests of this process, so each is held to what cannot change
// the request's form, its length, its receiver or what we say in it ourselves.

export const HEADERS_MAX = 20;
const BYTES_MAX = 4_096;
const NAME_LENGTH_MAX = 100;
/** RFC 9110, 5.6.2: a token. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110, 5.5, without the obsolete bytes: visible ASCII, with spaces and tabs inside. */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
/** Framing, hop-by-hop (RFC 9110, 7.6.1), and what every request of ours says. */
const OURS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);
const OUR_PREFIX = /^(?:webhook-|x-webhook-|proxy-)/;

/** What is wrong with a set of headers, by the name of each, or for all of them under ''. Values are not repeated. */
export function headerProblems(headers: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  const entries = Object.entries(headers);
  if (entries.length > HEADERS_MAX) problems.set('', `At most ${HEADERS_MAX} headers.`);
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes > BYTES_MAX) problems.set('', `All names and values together must have at most ${BYTES_MAX} bytes.`);
  if (problems.size > 0) return problems;
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    const problem = nameProblem(name, seen) ?? (VALUE.test(value) ? undefined : 'Its value must be visible ASCII characters in one line.');
    if (problem !== undefined) problems.set(name.slice(0, NAME_LENGTH_MAX), problem);
    seen.add(name.toLowerCase());
  }
  return problems;
}

function nameProblem(name: string, seen: ReadonlySet<string>): string | undefined {
  const lower = name.toLowerCase();
  if (!TOKEN.test(name) || name.length > NAME_LENGTH_MAX) return 'It is not the name of a header.';
  if (OURS.has(lower) || OUR_PREFIX.test(lower)) return 'This header is set by us.';
  return seen.has(lower) ? 'It is given twice.' : undefined;
}
