import type { Logger } from '@portico/service-kit/logger';

/** Collects what is logged, with its level. */
export function recordingLogger(): Logger & { readonly lines: unknown[] } {
  const lines: unknown[] = [];
  const write =
    (level: string) =>
    (fields: unknown, message: string): void =>
      void lines.push({ level, message, ...Object(fields) });
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
