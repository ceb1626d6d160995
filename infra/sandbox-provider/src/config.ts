import { z } from 'zod';

/** What the sandbox provider is configured by, as a process of its own. */
export const sandboxConfig = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
  /** The file that its charges are kept in. */
  SANDBOX_JOURNAL: z.string().default('.data/sandbox-provider.jsonl'),
  /** The credentials of the platform at the provider; `payments` has the same. */
  SANDBOX_CLIENT_ID: z.string().default('portico'),
  SANDBOX_CLIENT_SECRET: z.string().min(16),
  /** Signs callbacks; `payments` has the same. */
  SANDBOX_CALLBACK_SECRET: z.string().min(16),
  /** `https://<gateway>/api/v1/payments/callbacks/sandbox`; without it nobody is told. */
  SANDBOX_CALLBACK_URL: z.url({ protocol: /^https?$/ }).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
