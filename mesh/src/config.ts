import { SERVICE_TOKEN_ISSUER } from '@portico/contracts/access-records';
import { z } from 'zod';

const commaSeparated = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const isBlock = (text: string): boolean => z.cidrv4().or(z.cidrv6()).or(z.ipv4()).or(z.ipv6()).safeParse(text).success;

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
  CORS_ORIGINS: commaSeparated,
  /** CIDR blocks of proxies whose `X-Forwarded-For` is believed. Comma-separated. */
  TRUSTED_PROXIES: commaSeparated.refine((blocks) => blocks.every(isBlock), 'Each must be an address or a CIDR block, as 10.0.0.0/8.'),
  /** Where integrators find the documentation; by default this server's own /docs. */
  DOCS_URL: z.url().optional(),
  /** Where the public keys of service tokens are; by default in the access directory. */
  GRAPH_JWKS_URL: z.url().optional(),
  /** `iss` of service tokens. */
  GRAPH_TOKEN_ISSUER: z.string().default(SERVICE_TOKEN_ISSUER),
  /** Rate limits hold across the gateways that share it; without it each gateway limits for itself. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  /** How long a request waits for Redis before the gateway limits in memory. */
  REDIS_TIMEOUT_MS: z.coerce.number().int().min(1).default(50),
  /** An address that fails to authenticate so often is refused for the rest of the minute. */
  FAILED_AUTHENTICATIONS_PER_MINUTE: z.coerce.number().int().min(1).default(30),
  RESPONSE_CACHE_BYTES: z.coerce.number().int().min(0).default(67_108_864),
  SHUTDOWN_TIMEOUT_MS: z.coerce.number().int().min(0).default(10_000),
  /** Shows GraphiQL at /graphql. */
  DEVELOPMENT: z.stringbool().default(false),
});
export type GatewayConfig = z.output<typeof gatewayConfig>;
