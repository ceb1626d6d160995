import { IntegrationError, type IntegrationErrorFields } from '@portico/integration-client/errors';
import { describe, expect, it } from 'vitest';
import { lostAnswer, outcomeOfError } from './outcome-of-error.ts';

const failed = (more: Pick<IntegrationErrorFields, 'code' | 'attempts' | 'neverSent' | 'status' | 'retryAt'>): IntegrationError =>
  new IntegrationError({ provider: 'stripe', operation: 'createIntent', correlationId: 'c', side: 'upstream', ...more });

describe('a charge whose call failed', () => {
  it.each([
    [{ code: 'CIRCUIT_BREAKER_OPEN', attempts: 0 }],
    [{ code: 'RATE_LIMIT_EXCEEDED', attempts: 0 }],
    [{ code: 'RATE_LIMIT_EXCEEDED', attempts: 1 }],
    [{ code: 'AUTHENTICATION_ERROR', attempts: 1 }],
    [{ code: 'CLIENT_ERROR', attempts: 1, status: 403 }],
    [{ code: 'SERVER_ERROR', attempts: 4, neverSent: true }],
  ] as const)('was certainly not made: %j', (error) => {
    expect(outcomeOfError(failed(error))).toEqual({ kind: 'unavailable' });
  });

  it('may be tried again when the client says so', () => {
    const retryAt = new Date();
    expect(outcomeOfError(failed({ code: 'CIRCUIT_BREAKER_OPEN', attempts: 0, retryAt }))).toEqual({ kind: 'unavailable', retryAt });
  });

  it.each([
    [{ code: 'OUTCOME_UNKNOWN', attempts: 1 }],
    [{ code: 'API_TIMEOUT', attempts: 1 }],
    [{ code: 'SERVER_ERROR', attempts: 1 }],
    [{ code: 'CANCELLED', attempts: 1 }],
    [{ code: 'RATE_LIMIT_EXCEEDED', attempts: 2 }],
    [{ code: 'AUTHENTICATION_ERROR', attempts: 2 }],
    [{ code: 'CLIENT_ERROR', attempts: 2, status: 403 }],
  ] as const)('may have been made: %j', (error) => {
    expect(outcomeOfError(failed(error))).toEqual({ kind: 'unknown' });
  });

  it('for a reason that is no failure of a call is a defect, and passed on', () => {
    const defect = new TypeError('x is not a function');
    expect(() => outcomeOfError(defect)).toThrow(defect);
    expect(() => lostAnswer(defect)).toThrow(defect);
  });
});
