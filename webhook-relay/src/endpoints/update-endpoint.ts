// Changes of an endpoint. Another URL of an endpoint that has proved itself is asked before anything is written: while it does not answer, the
// old URL stays and no event is lost.
import { AppError, invalid } from '@portico/contracts/errors';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { type Endpoint, sealedEndpoint } from '../endpoint.entity.ts';
import type { RelayGraph } from '../relay-graph.ts';
import { CONCURRENCY_DEFAULT, type EndpointChange, parseChange, refuseProblems } from './endpoint-input.ts';
import { endpointRow, findEndpoint, openEndpoint } from './endpoint-row.ts';
import { sendTest, type TestReport } from './send-test.ts';
import { keepVerdict, verified } from './test-endpoint.ts';

/**
 * Changes the given properties; null sets one back to its default. VALIDATION_ERROR on `url` for a verified endpoint whose new URL does not
 * answer. One that is not verified yet takes any and is verified at once; CONFLICT when it was verified while its URL changed.
 */
export async function updateEndpoint(
  context: SubgraphContext,
  relay: RelayGraph,
  id: string,
  input: unknown,
  expectedVersion?: number | null,
): Promise<Row> {
  const given = parseChange(input);
  const refuse = ({ filter, events }: Endpoint): void =>
    refuseProblems({ ...given, filter: given.filter === undefined ? filter : given.filter }, given.events ?? events, relay.policy);
  const before = await context.write(async (em) => {
    const endpoint = await findEndpoint(em, id, expectedVersion);
    refuse(endpoint);
    return { unverified: isUnverified(endpoint), opened: openEndpoint(context.keyRing, endpoint, context.now()) };
  });
  const { unverified, opened } = before;
  const next = { ...opened, url: given.url ?? opened.url, apiVersion: given.apiVersion ?? opened.apiVersion };
  const headers = given.headers === undefined ? opened.headers : (given.headers ?? {});
  const moves = next.url !== opened.url;
  const test = (): Promise<TestReport> => sendTest(relay.sender, { ...next, headers }, context.now(), relay.signal);
  if (moves && !unverified) requireDelivered(await test());
  const row = await context.write(async (em) => {
    const endpoint = await findEndpoint(em, id, expectedVersion);
    // It may have been changed since, and verified at its old URL: then the new one would have to answer first.
    refuse(endpoint);
    if (moves && unverified && !isUnverified(endpoint)) throw new AppError('CONFLICT', 'The webhook was verified meanwhile. Try again.');
    em.assign(endpoint, {
      ...changesOf(context, id, given),
      ...(moves && !unverified ? verified(context.now()) : {}),
      updatedAt: context.now(),
    });
    await em.flush();
    return endpointRow(endpoint);
  });
  return moves && unverified ? keepVerdict(context, next, await test()) : row;
}

function isUnverified({ disabledReason }: Endpoint): boolean {
  return disabledReason === 'unverified';
}

function requireDelivered({ delivered, error }: TestReport): void {
  if (!delivered) throw invalid({ url: `It did not pass its verification (${error?.code}): ${error?.message}` });
}

function changesOf({ keyRing }: SubgraphContext, id: string, given: EndpointChange): Partial<Endpoint> {
  const { url, events, description, filter, apiVersion, headers, schedule, ratePerSecond, concurrency } = given;
  return {
    ...(url === undefined ? {} : { url }),
    ...(events === undefined ? {} : { events: [...new Set(events)] }),
    ...(description === undefined ? {} : { description }),
    ...(filter === undefined ? {} : { filter }),
    ...(apiVersion === undefined ? {} : { apiVersion: apiVersion ?? '1' }),
    ...(headers === undefined ? {} : { headers: sealedHeaders(headers) }),
    ...(schedule === undefined ? {} : { schedule: schedule ?? 'standard' }),
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    ...(concurrency === undefined ? {} : { concurrency: concurrency ?? CONCURRENCY_DEFAULT }),
  };

  function sealedHeaders(of: Readonly<Record<string, string>> | null): string | null {
    return of === null || Object.keys(of).length === 0 ? null : sealedEndpoint.headers.seal(keyRing, id, of);
  }
}
