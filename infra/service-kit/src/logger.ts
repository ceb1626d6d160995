// Logs by allow-list: a field that is not named here is not written, so personal data and secrets cannot leak by being passed along.
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

// biome-ignore format: read as a list
const FIELDS = [
  'accountId', 'actor', 'ageMs', 'attempt', 'attempts', 'cached', 'code', 'correlationId', 'count', 'dependency', 'durationMs',
  'endpointId', 'event', 'eventId', 'keyId', 'limit', 'method', 'mode', 'operation', 'orderId', 'path', 'port', 'program', 'provider', 'reason', 'requestId',
  'responseTimeMs', 'route', 'shown', 'signal', 'stale', 'state', 'status', 'subgraph', 'template', 'traceparent', 'url', 'version',
] as const;

export type LogFields = Partial<Record<(typeof FIELDS)[number], unknown>> & { err?: unknown };

export type Logger = {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export function createLogger(options: { program: string; level: LogLevel; destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: { program: options.program },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: pickAllowed },
  };
  const logger: PinoLogger = options.destination === undefined ? pino(settings) : pino(settings, options.destination);
  return logger;
}

function pickAllowed(fields: Record<string, unknown>): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of FIELDS) if (fields[name] !== undefined) picked[name] = fields[name];
  if (fields.err instanceof Error) picked.err = describe(fields.err);
  return picked;
}

// Only what says where and what: a driver's `detail` and `parameters` hold row values.
function describe(error: Error): Record<string, unknown> {
  const code = 'code' in error ? error.code : undefined;
  const cause = error.cause instanceof Error ? describe(error.cause) : undefined;
  return { name: error.name, message: error.message.slice(0, 500), code, stack: error.stack?.split('\n').slice(1, 12).join('\n'), cause };
}
