import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AUDIT_RETENTION_DAYS } from '@portico/admin-server/server';
import { type ProviderCalls, providerConfig, readProviderCalls } from '@portico/payments/config';
import { loadConfig } from '@portico/service-kit/config';
import { tracingConfig } from '@portico/service-kit/tracing/open-tracing';
import { relayConfig } from '@portico/webhook-relay/config';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

/** Mail and the addresses that stand in it. */
export const peopleConfig = {
  /** `smtp://user:password@host:587`; without it letters become files in DATA_DIR/mail. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().default('Portico <no-reply@localhost>'),
  /** Origin under which developers reach the public listener. */
  PORTAL_ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
  /** Origin under which operators reach the internal listener. */
  CONSOLE_ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
};

const { PAYMENT_PROVIDER: whoCharges, SANDBOX_CLIENT_SECRET, SANDBOX_CALLBACK_SECRET, ...otherProviderConfig } = providerConfig.shape;

const schema = z.object({
  ...otherProviderConfig,
  /** `sandbox`, unless NODE_ENV is `production`: there it has to be said. */
  PAYMENT_PROVIDER: whoCharges.optional(),
  /** The sandbox provider, with its secrets; without an address one is brought along. */
  SANDBOX_PROVIDER_URL: providerConfig.shape.SANDBOX_PROVIDER_URL.removeDefault().optional(),
  SANDBOX_CLIENT_SECRET: SANDBOX_CLIENT_SECRET.optional(),
  SANDBOX_CALLBACK_SECRET: SANDBOX_CALLBACK_SECRET.optional(),
  /** Public listener; 0 takes a free port. */
  PORT: port.default(4000),
  /** Internal listener; 0 takes a free port. */
  INTERNAL_PORT: port.default(4001),
  /** Where everything that must survive a start is kept. Relative paths start at the checkout. */
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Connections of each program to PostgreSQL, at most. */
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(200).default(10),
  /** Without one, a `redis-server` on PATH is run as a child; `none` for neither. */
  REDIS_URL: z.union([z.literal('none'), z.url({ protocol: /^rediss?$/ })]).optional(),
  /** The same with `nats-server`. */
  NATS_URL: z.union([z.literal('none'), z.url({ protocol: /^(nats|tls)$/ })]).optional(),
  INTERNAL_SECRET: z.string().min(32).optional(),
  SECRET_KEYS: z.string().optional(),
  BLIND_INDEX_KEY: z.string().optional(),
  /** Days that the request log is kept. */
  AUDIT_RETENTION_DAYS: z.coerce.number().int().min(1).max(3_650).default(AUDIT_RETENTION_DAYS),
  ...relayConfig.shape,
  /** Lets webhooks go to this machine and over http; so it is unless NODE_ENV is `production`. */
  RELAY_ALLOW_LOOPBACK: z.stringbool().optional(),
  ...peopleConfig,
  ...tracingConfig,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
});

export type LocalConfig = Omit<z.infer<typeof schema>, 'DATA_DIR'> & {
  readonly dataDir: string;
  readonly allowLoopback: boolean;
  readonly calls: ProviderCalls;
};

export const checkout = fileURLToPath(new URL('../../../', import.meta.url));

/** Throws ConfigError naming every problem at once. */
export function loadLocalConfig(env: Readonly<Record<string, string | undefined>>): LocalConfig {
  const { DATA_DIR, ...config } = loadConfig(schema, env);
  const isProduction = env.NODE_ENV === 'production';
  const allowLoopback = config.RELAY_ALLOW_LOOPBACK ?? !isProduction;
  const PAYMENT_PROVIDER = config.PAYMENT_PROVIDER ?? (isProduction ? undefined : 'sandbox');
  const calls = readProviderCalls(env);
  return { ...config, PAYMENT_PROVIDER, calls, allowLoopback, dataDir: isAbsolute(DATA_DIR) ? DATA_DIR : join(checkout, DATA_DIR) };
}
