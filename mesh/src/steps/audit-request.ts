import type { AuditSink } from '@portico/contracts/audit';
import { MASK } from '../audit/query-mask.ts';
import { createUserAgentMask } from '../audit/user-agent.ts';
import type { Answer } from '../rest/answer/answer.ts';
import { headerOf, type RestRequest, type Step } from '../rest/rest-request.ts';

/** How every error body begins that one of our contracts or RFC 6749 (5.2) knows. */
const ERROR_CODE = /^\{"(?:error":\{"code|error_code|error)":"(\w{1,40})"/;
const CODE_WITHIN = 80;

/** Leaves one record of every request, whoever sent it and however it ended, before its answer goes out. */
export function auditRequest(audit: AuditSink, nowMs: () => number): Step {
  const maskUserAgent = createUserAgentMask();

  function record(request: RestRequest, status: number, errorCode: string | null): void {
    const { caller, endpoint, query } = request;
    const durationMs = nowMs() - request.startedAt;
    audit.record({
      at: Date.now() - durationMs,
      requestId: request.requestId,
      accountId: caller?.accountId ?? null,
      mode: caller?.mode ?? null,
      actor: caller?.actor ?? null,
      method: request.method,
      operation: endpoint?.operationId ?? null,
      path: request.template ?? null,
      query: query === '' ? '' : (endpoint?.maskQuery?.(query) ?? MASK),
      status,
      errorCode,
      durationMs: Math.round(durationMs * 100) / 100,
      address: request.remoteAddress,
      userAgent: maskUserAgent(headerOf(request, 'user-agent')),
    });
  }

  return (request, next) =>
    next(request).then(
      (answer) => {
        record(request, answer.status, answer.status < 400 ? null : errorCodeOf(answer));
        return answer;
      },
      (error: unknown) => {
        record(request, 500, 'INTERNAL_ERROR');
        throw error;
      },
    );
}

/** Read from what is sent: an answer that is given again has no other memory of it. */
function errorCodeOf({ body }: Answer): string | null {
  if (body === undefined) return null;
  const start = typeof body === 'string' ? body.slice(0, CODE_WITHIN) : body.toString('latin1', 0, CODE_WITHIN);
  return ERROR_CODE.exec(start)?.[1] ?? null;
}
