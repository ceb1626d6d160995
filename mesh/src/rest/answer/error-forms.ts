// The bodies of errors: that of version 1 around one member, that of version 2 flat.
import { ERRORS, type ErrorCode, valuesOf } from '@portico/contracts/errors';
import { snakeCase } from '@portico/contracts/snake-case';
import type { ErrorForm } from '../declare/version.ts';

const MESSAGE = { type: 'string', description: 'For people; it may change.' };
const RETRY_AFTER = { type: 'integer', description: 'Of `RATE_LIMIT_EXCEEDED` alone: seconds after which another try makes sense.' };
const TIMESTAMP = { type: 'string', format: 'date-time' };
const TEXT = { type: 'string' };

export const NESTED_ERROR: ErrorForm = {
  code: (code) => code,
  write: ({ code, message, details, retryAfterSeconds, requestId, timestamp, documentationUrl }) => ({
    error: {
      code,
      message,
      details,
      ...(code === 'RATE_LIMIT_EXCEEDED' ? { retryAfter: retryAfterSeconds } : {}),
      requestId,
      timestamp,
      documentationUrl,
    },
  }),
  schema: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message', 'details', 'requestId', 'timestamp', 'documentationUrl'],
        properties: {
          code: { type: 'string', enum: Object.keys(ERRORS) },
          message: MESSAGE,
          details: { type: 'object', description: 'A text per field, or the values that the code documents.' },
          requestId: TEXT,
          timestamp: TIMESTAMP,
          documentationUrl: TEXT,
          retryAfter: RETRY_AFTER,
        },
      },
    },
  },
};

/** Codes that the flat form calls otherwise. */
const FLAT_CODES: Partial<Record<ErrorCode, string>> = { AUTHENTICATION_ERROR: 'UNAUTHORIZED', AUTHORIZATION_ERROR: 'FORBIDDEN' };
const CODES = Object.keys(ERRORS) as ErrorCode[];

const flatCode = (code: ErrorCode): string => FLAT_CODES[code] ?? code;

/** `details` has what is wrong with fields; values that a code documents stand beside it. */
export const FLAT_ERROR: ErrorForm = {
  code: flatCode,
  write({ code, message, details, retryAfterSeconds, requestId, timestamp, documentationUrl }) {
    const values = valuesOf(code);
    const told = Object.entries(details);
    return {
      error_code: flatCode(code),
      message,
      details: told.filter(([name]) => !values.includes(name)).map(([field, error]) => ({ field, error })),
      ...Object.fromEntries(told.filter(([name]) => values.includes(name)).map(([name, value]) => [snakeCase(name), value])),
      ...(code === 'RATE_LIMIT_EXCEEDED' ? { retry_after: retryAfterSeconds } : {}),
      request_id: requestId,
      timestamp,
      documentation_url: documentationUrl,
    };
  },
  schema: {
    type: 'object',
    required: ['error_code', 'message', 'details', 'request_id', 'timestamp', 'documentation_url'],
    properties: {
      error_code: { type: 'string', enum: CODES.map(flatCode) },
      message: MESSAGE,
      details: {
        type: 'array',
        items: { type: 'object', required: ['field', 'error'], properties: { field: TEXT, error: TEXT } },
        description: 'What is wrong, field by field.',
      },
      request_id: TEXT,
      timestamp: TIMESTAMP,
      documentation_url: TEXT,
      retry_after: RETRY_AFTER,
      ...Object.fromEntries(
        CODES.flatMap((code) => valuesOf(code).map((name) => [snakeCase(name), { description: `Of \`${flatCode(code)}\` alone.` }])),
      ),
    },
  },
};
