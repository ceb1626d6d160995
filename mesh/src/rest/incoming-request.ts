import type { IncomingMessage } from 'node:http';
import { requestIdOf } from '@portico/contracts/ids';
import type { ClientAddress } from '@portico/service-kit/network/client-address';
import { readTraceparent } from '@portico/service-kit/tracing/trace-context';
import type { ContractVersion } from './declare/version.ts';
import type { RestRequest } from './rest-request.ts';

const EMPTY = Buffer.alloc(0);
const NO_PARAMS = Object.freeze({});

export type ReadOptions = {
  readonly nowMs: number;
  readonly clientAddress: ClientAddress;
  readonly contractAt: (path: string) => ContractVersion;
};

export function readIncoming(incoming: IncomingMessage, { nowMs, clientAddress, contractAt }: ReadOptions): RestRequest {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const { 'x-request-id': givenId, traceparent } = incoming.headers;
  return {
    incoming,
    method: incoming.method ?? 'GET',
    target,
    path,
    query: mark < 0 ? '' : target.slice(mark + 1),
    contract: contractAt(path),
    requestId: requestIdOf(givenId),
    traceparent: readTraceparent(traceparent),
    remoteAddress: clientAddress(incoming),
    startedAt: nowMs,
    endpoint: undefined,
    template: undefined,
    params: NO_PARAMS,
    body: EMPTY,
    credentials: undefined,
    caller: undefined,
    rateLimit: undefined,
  };
}
