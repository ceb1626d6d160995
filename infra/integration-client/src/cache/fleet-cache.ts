// The part of the cache that processes share. Whoever asks a provider holds a lease on the key and renews it; the others look every few
// milliseconds for what it got. A holder that dies stops renewing, and after two seconds somebody else asks.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import type { KeptAnswer } from './memory-cache.ts';

export type Turn =
  | { state: 'answered'; answer: KeptAnswer }
  /** The others wait for `end`. Undefined: there is nothing to share, and they ask for themselves. */
  | { state: 'ours'; end(answer: KeptAnswer | undefined, about: { livesMs: number; personal: boolean }): Promise<void> }
  /** Redis is away, or what is loaded cannot be shared. */
  | { state: 'alone' };

export type FleetCache = {
  /** Never rejects. */
  read(key: string): Promise<KeptAnswer | undefined>;
  /** Answers when this process is to load, or another one has. Never rejects. */
  takeTurn(key: string, wanted: { newerThan: number }): Promise<Turn>;
};

export type FleetCacheOptions = { redis: RedisConnection; keyRing: KeyRing | undefined; now: () => number; closing: AbortSignal };

const LEASE_MS = 2_000;
const RENEW_MS = 500;
const LOOK_MS = 10;
const LOOK_MAX_MS = 80;
/** How long those who waited can see that there is nothing to share. */
const OPEN_MS = 1_000;
const OPEN = 'open';

const RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0";
// Kept and let go in one step: nobody sees the lease gone and the answer not there yet.
const KEEP = `redis.call('set', KEYS[2], ARGV[2], 'px', ARGV[3])
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end return 1`;
const LET_GO = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('set', KEYS[1], '${OPEN}', 'px', ARGV[2]) end return 1`;

const answerAt = (key: string): string => `integration:answer:${key}`;
const leaseAt = (key: string): string => `integration:answer-lease:${key}`;

export function createFleetCache({ redis, keyRing, now, closing }: FleetCacheOptions): FleetCache {
  async function read(key: string): Promise<KeptAnswer | undefined> {
    const text = await redis.run((client) => client.get(answerAt(key))).catch(() => null);
    return text === null ? undefined : parse(text, key, keyRing, now());
  }
  return {
    read,
    async takeTurn(key, { newerThan }) {
      const holder = randomUUID();
      for (let waitMs = LOOK_MS; !closing.aborted; waitMs = Math.min(LOOK_MAX_MS, waitMs * 2)) {
        try {
          const taken = await redis.run((client) => client.set(leaseAt(key), holder, 'PX', LEASE_MS, 'NX'));
          // Between the look and the lease another process may have finished.
          const found = await read(key);
          if (found !== undefined && found.storedAt > newerThan) {
            if (taken === 'OK') await redis.run((client) => client.del(leaseAt(key)));
            return { state: 'answered', answer: found };
          }
          if (taken === 'OK') return hold(key, holder, redis, keyRing);
          if ((await redis.run((client) => client.get(leaseAt(key)))) === OPEN) return { state: 'alone' };
        } catch {
          return { state: 'alone' };
        }
        await delay(waitMs, undefined, { signal: closing }).catch(() => {});
      }
      return { state: 'alone' };
    },
  };
}

/** The lease is this process's until `end`. */
function hold(key: string, holder: string, redis: RedisConnection, keyRing: KeyRing | undefined): Turn {
  const renewal = setInterval(
    () => void redis.run((client) => client.eval(RENEW, 1, leaseAt(key), holder, LEASE_MS)).catch(() => 0),
    RENEW_MS,
  );
  renewal.unref();
  return {
    state: 'ours',
    async end(answer, { livesMs, personal }) {
      clearInterval(renewal);
      const text = answer === undefined ? undefined : format(answer, key, personal, keyRing);
      const command =
        text === undefined
          ? redis.run((client) => client.eval(LET_GO, 1, leaseAt(key), holder, OPEN_MS))
          : redis.run((client) => client.eval(KEEP, 2, leaseAt(key), answerAt(key), holder, text, Math.max(1, Math.ceil(livesMs))));
      await command.catch(() => 0);
    },
  };
}

/**
 * Sealed `s<stored at>:<text of the key ring>`, whatever it is: an answer may hold what its schema does not name. Without a key ring
 * `p<stored at>:<JSON>`, and undefined for personal data.
 */
function format({ text, storedAt }: KeptAnswer, key: string, personal: boolean, keyRing: KeyRing | undefined): string | undefined {
  if (keyRing !== undefined) return `s${storedAt}:${keyRing.encrypt(text, key)}`;
  return personal ? undefined : `p${storedAt}:${text}`;
}

// Whatever lies there that is not ours, or sealed under a key that is gone, counts as absent.
function parse(stored: string, key: string, keyRing: KeyRing | undefined, nowMs: number): KeptAnswer | undefined {
  const match = /^([ps])(\d{1,15}):/.exec(stored);
  if (match === null) return undefined;
  const body = stored.slice(match[0].length);
  try {
    const text = match[1] === 'p' ? body : keyRing?.decrypt(body, key).toString();
    if (text === undefined) return undefined;
    if (match[1] === 'p') JSON.parse(text);
    // Clocks differ: an answer is not from the future.
    return { text, storedAt: Math.min(Number(match[2]), nowMs), checkedAt: nowMs };
  } catch {
    return undefined;
  }
}
