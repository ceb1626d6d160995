// One token for the whole fleet. It lies in Redis sealed under a key made from the client's own secret: who reads Redis learns nothing, and
// who can open it could have asked for a token himself. A lease lets one process ask while the others wait for what it gets.
import { createHash, hkdfSync, randomUUID } from 'node:crypto';
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import { createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { z } from 'zod';
import type { Secret } from '../../secrets.ts';
import type { ClientCredentialsAuth } from '../auth-declaration.ts';
import type { Token } from './request-token.ts';

export type SharedToken = {
  /** The fleet's live token of this version of the secret. Never rejects. */
  read(secret: Secret): Promise<Token | undefined>;
  write(token: Token, secret: Secret): Promise<void>;
  /**
   * `taken`: this process asks; to be released. `busy`: another one does. `alone`: Redis is away, and every process is on its own.
   */
  lease(): Promise<{ state: 'taken'; release(): Promise<void> } | { state: 'busy' | 'alone' }>;
};

/** Longer than a token request may take. When its holder dies, the others wait this long. */
const LEASE_MS = 6_000;
const RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

const stored = z.object({ accessToken: z.string(), secretVersion: z.string(), obtainedAt: z.number(), expiresAt: z.number() });

export function openSharedToken(auth: ClientCredentialsAuth, provider: string, redis: RedisConnection, now: () => number): SharedToken {
  const about = createHash('sha256')
    .update(JSON.stringify([auth.tokenUrl, auth.scope, auth.audience, auth.client.name]))
    .digest('base64url')
    .slice(0, 16);
  return {
    async read(secret) {
      const key = keyOf(provider, about, secret);
      const sealed = await redis.run((client) => client.get(key)).catch(() => null);
      const token = sealed === null ? undefined : open(sealed, key, secret);
      return token !== undefined && token.expiresAt > now() ? token : undefined;
    },
    async write(token, secret) {
      const key = keyOf(provider, about, secret);
      const sealed = ringOf(secret).encrypt(JSON.stringify(token), key);
      const livesMs = Math.max(1, Math.floor(token.expiresAt - now()));
      await redis.run((client) => client.set(key, sealed, 'PX', livesMs)).catch(() => null);
    },
    async lease() {
      const key = `integration:token-lease:${provider}:${about}`;
      const holder = randomUUID();
      try {
        const taken = await redis.run((client) => client.set(key, holder, 'PX', LEASE_MS, 'NX'));
        if (taken !== 'OK') return { state: 'busy' };
      } catch {
        return { state: 'alone' };
      }
      return {
        state: 'taken',
        release: async () => void (await redis.run((client) => client.eval(RELEASE, 1, key, holder)).catch(() => 0)),
      };
    },
  };
}

// The place is of one version of one secret: two clients whose secrets have the same name never meet, nor do the versions of a rotation.
function keyOf(provider: string, about: string, secret: Secret): string {
  return `integration:token:${provider}:${about}:${derive(secret, 'name').toString('base64url').slice(0, 16)}`;
}

function ringOf(secret: Secret): ReturnType<typeof createKeyRing> {
  return createKeyRing(`1:${derive(secret, 'seal').toString('base64')}`);
}

function derive(secret: Secret, purpose: 'name' | 'seal'): Buffer {
  const material = JSON.stringify(Object.entries(secret.values).sort());
  return Buffer.from(hkdfSync('sha256', material, '', `portico integration token ${purpose}`, 32));
}

function open(sealed: string, key: string, secret: Secret): Token | undefined {
  try {
    return stored.parse(JSON.parse(ringOf(secret).decrypt(sealed, key).toString()));
  } catch {
    return undefined;
  }
}
