import { SERVICE_TOKEN_ISSUER } from '@portico/contracts/access-records';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

/** What the gateway is configured by. */
export const gatewayConfig = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(4000),
  /** The URL by which integrators know this gateway, without a path; `iss` of access tokens. By default the listener's own. */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => url.replace(/\/$/, '') === new URL(url).origin, 'It must have no path.')
    .transform((url) => new URL(url).origin)
    .optional(),
  INTERNAL_HOST: z.string().default('127.0.0.1'),
  INTERNAL_PORT: port.default(4001),
  /** Origins whose pages may read answers, beside those that accounts allow for their keys. Comma-separated. */
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    ),
  /** Where integrators find the documentation; by default this server's own /docs. */
  DOCS_URL: z.url().optional(),
  /** Where the public keys of service tokens are; by default in the access directory. */
  GRAPH_JWKS_URL: z.url().optional(),
  /** `iss` of service tokens. */
  GRAPH_TOKEN_ISSUER: z.string().default(SERVICE_TOKEN_ISSUER),
  RESPONSE_CACHE_BYTES: z.coerce.number().int().min(0).default(67_108_864),
  SHUTDOWN_TIMEOUT_MS: z.coerce.number().int().min(0).default(10_000),
  /** Shows GraphiQL at /graphql. */
  DEVELOPMENT: z.stringbool().default(false),
});
export type GatewayConfig = z.output<typeof gatewayConfig>;
