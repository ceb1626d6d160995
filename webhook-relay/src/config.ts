import { z } from 'zod';
import { ENGINE_DEFAULTS, type EngineSettings } from './engine/start-engine.ts';

/** What the relay is configured by, beside what every subgraph is. */
export const relayConfig = z.object({
  /** `true` lets endpoints be on this machine and over http: for development. */
  RELAY_ALLOW_LOOPBACK: z.stringbool().default(false),
  /** Attempts under way at the same time in a process, those that hang not counted. */
  RELAY_WORKERS: z.coerce.number().int().min(1).max(2_000).default(ENGINE_DEFAULTS.workers),
  /** An attempt's deadline: name, connection, request and response together. */
  RELAY_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(60_000).default(ENGINE_DEFAULTS.timeoutMs),
  /** How long a delivery stays with a process that went silent. */
  RELAY_LEASE_MS: z.coerce.number().int().min(2_000).max(600_000).default(ENGINE_DEFAULTS.leaseMs),
});

export function engineSettings(config: Omit<z.output<typeof relayConfig>, 'RELAY_ALLOW_LOOPBACK'>): EngineSettings {
  return { workers: config.RELAY_WORKERS, timeoutMs: config.RELAY_TIMEOUT_MS, leaseMs: config.RELAY_LEASE_MS };
}
