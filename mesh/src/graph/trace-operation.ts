import type { Caller } from '@portico/contracts/caller';
import type { Tracing } from '@portico/service-kit/tracing/tracing';
import { type DocumentNode, type ExecutionResult, Kind } from 'graphql';

type Result = ExecutionResult<Record<string, unknown>>;
/** `query v1_listOrders`: the operations of our own documents are named by their routes. */
const names = new WeakMap<DocumentNode, string>();

/** One span per operation of the graph. Statements within it have none: a span costs what a short one does, and their number is counted. */
export function traceOperation(
  tracing: Tracing,
  document: DocumentNode,
  caller: Caller,
  execute: (caller: Caller) => Promise<Result>,
): Promise<Result> {
  const span = tracing.begin(nameOf(document), 'internal', caller.traceparent);
  if (span === undefined) return execute(caller);
  return execute({ ...caller, traceparent: span.traceparent }).then(
    (result) => {
      const code = result.errors?.[0]?.extensions?.code;
      span.end(result.errors === undefined ? undefined : String(code ?? 'INTERNAL_ERROR'));
      return result;
    },
    (error: unknown) => {
      span.end('INTERNAL_ERROR');
      throw error;
    },
  );
}

function nameOf(document: DocumentNode): string {
  let name = names.get(document);
  if (name === undefined) {
    const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    name = [operation?.operation ?? 'query', operation?.name?.value].filter((part) => part !== undefined).join(' ');
    names.set(document, name);
  }
  return name;
}
