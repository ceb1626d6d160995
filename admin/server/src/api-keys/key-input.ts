import { BlockList, isIP } from 'node:net';
import { SIGNATURE_SCHEMES } from '@portico/contracts/access-records';
import { MODES } from '@portico/contracts/caller';
import { isScope } from '@portico/contracts/scopes';
import { DEFAULT_TIER, TIER_NAMES } from '@portico/contracts/tiers';
import { nameText } from '@portico/service-kit/written-text';
import { z } from 'zod';

const YEAR_MS = 365 * 24 * 3600 * 1000;

export const rateLimit = z.object({ limit: z.int().min(1).max(100_000_000), windowSeconds: z.int().min(1).max(86_400) });

export const keyInput = z.object({
  name: nameText,
  mode: z.enum(MODES),
  scopes: z
    .array(
      z
        .string()
        .refine(isScope, 'It is not a scope.')
        .refine((scope) => !scope.startsWith('graph:'), 'It is for services, not for keys.'),
    )
    .min(1)
    .max(30),
  tier: z.enum(TIER_NAMES).default(DEFAULT_TIER),
  quota: rateLimit.nullish(),
  burst: rateLimit.nullish(),
  signatures: z
    .array(z.enum(SIGNATURE_SCHEMES))
    .min(1)
    .max(SIGNATURE_SCHEMES.length)
    .default([...SIGNATURE_SCHEMES]),
  allowedAddresses: z.array(z.string().refine(isCidr, 'It must be an address or a CIDR block, as 203.0.113.0/24.')).max(100).default([]),
  /** Milliseconds from now; a year by default. */
  lifetimeMs: z
    .int()
    .min(60_000)
    .max(10 * YEAR_MS)
    .default(YEAR_MS),
});
export type KeyInput = z.input<typeof keyInput>;

/** What may change of a key. A default is for a new one: what is absent stays. */
export const keyChanges = z.object({
  name: keyInput.shape.name.optional(),
  scopes: keyInput.shape.scopes.optional(),
  tier: keyInput.shape.tier.unwrap().optional(),
  quota: keyInput.shape.quota,
  burst: keyInput.shape.burst,
  signatures: keyInput.shape.signatures.unwrap().optional(),
  allowedAddresses: keyInput.shape.allowedAddresses.unwrap().optional(),
});

/** `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`. */
function isCidr(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  // A zone is a name on one machine, and as long as one likes.
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  if (prefix === undefined) return true;
  if (!/^\d{1,3}$/.test(prefix)) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}
