import { type Jwks, jwks } from '@portico/contracts/access-records';
import { request } from 'undici';

const TIMEOUT_MS = 3_000;

/** The keys that a configured issuer publishes (RFC 7517). Throws for any other answer. */
export async function fetchJwks(url: string, timeoutMs: number = TIMEOUT_MS): Promise<Jwks> {
  const { statusCode, body } = await request(url, {
    // Of all of it: every token of a key that is not known yet waits for this.
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json' },
  });
  const answer: unknown = await body.json();
  if (statusCode !== 200) throw new Error(`The issuer's keys could not be fetched: status ${statusCode}.`);
  return jwks.parse(answer);
}
