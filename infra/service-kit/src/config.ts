import type { z } from 'zod';

/** Raised at start with every problem of the configuration at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Parses environment variables with a program's schema. An empty variable counts as absent. */
export function loadConfig<Schema extends z.ZodObject>(schema: Schema, env: Readonly<Record<string, string | undefined>>): z.infer<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`The configuration has ${problems.length === 1 ? 'a problem' : 'problems'}:\n${problems.join('\n')}`);
}
