import { z } from 'zod';
import { tracingConfig } from '../tracing/open-tracing.ts';

/** What every subgraph is configured by. */
export const subgraphConfig = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(200).default(10),
  /** NATS with JetStream, for events; without it PostgreSQL carries them. */
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }).optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** How long it goes on answering after it was told to stop, and `/health` says so; see `leaveService`. */
  SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(120_000).default(0),
  /** `/graphql` of a gateway's internal listener. */
  GRAPH_URL: z.url(),
  /** Shared by all programs; signs the header by which they tell each other who asks. */
  INTERNAL_SECRET: z.string().min(32),
  /** Key ring of the encrypted columns: `1:<base64 of 32 bytes>,2:…`. The highest version encrypts. */
  SECRET_KEYS: z.string(),
  /** Base64 of 32 bytes. Makes encrypted columns searchable for equality; changing it means indexing anew. */
  BLIND_INDEX_KEY: z.string(),
  ...tracingConfig,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
