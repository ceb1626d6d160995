import { SERVICE_TOKEN_ISSUER } from '@portico/contracts/access-records';
import { isOrigin, ORIGIN_PROBLEM } from '@portico/contracts/origins';
import { CONNECTION_LIMITS } from '@portico/service-kit/http/http-listener';
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
  CORS_ORIGINS: commaSeparated.pipe(z.array(z.string().refine(isOrigin, ORIGIN_PROBLEM))),
  /** Addresses and CIDR blocks of the proxies in front, whose word on a client's address is taken. Comma-separated. */
  TRUSTED_PROXIES: commaSeparated.pipe(
    z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'It must list addresses or CIDR blocks, as 10.0.0.0/8.')),
  ),
  /** Files with the certificate chain and its key, PEM; with both, the public listener speaks https. A changed file is read anew. */
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  /** Connections to a listener at once. */
  CONNECTIONS_MAX: z.coerce.number().int().min(1).default(CONNECTION_LIMITS.connectionsMax),
  /** From the first byte of a request to the end of its headers, and to the end of its body. */
  HEADERS_TIMEOUT_MS: z.coerce.number().int().min(1).default(CONNECTION_LIMITS.headersTimeoutMs),
  REQUEST_TIMEOUT_MS: z.coerce.number().int().min(1).default(CONNECTION_LIMITS.requestTimeoutMs),
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
  /** How long the gateway goes on answering after it was told to stop, and readiness says so: as long as a balancer takes to notice. */
  SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(120_000).default(0),
  SHUTDOWN_TIMEOUT_MS: z.coerce.number().int().min(0).default(10_000),
  /** Shows GraphiQL at /graphql. */
  DEVELOPMENT: z.stringbool().default(false),
});
export type GatewayConfig = z.output<typeof gatewayConfig>;
