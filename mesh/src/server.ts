// The gateway: the REST contract on the public listener; the graph, metrics and health on the internal one.

import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Jwks, KeySource } from '@portico/contracts/access-records';
import type { AuditSink } from '@portico/contracts/audit';
import type { TokenService } from '@portico/contracts/token-service';
import { startTask } from '@portico/service-kit/background-task';
import { ConfigError } from '@portico/service-kit/config';
import { type ConnectionLimits, listen } from '@portico/service-kit/http/http-listener';
import { leaveService } from '@portico/service-kit/http/leave-service';
import type { TlsFiles } from '@portico/service-kit/http/tls-files';
import type { Logger } from '@portico/service-kit/logger';
import { createClientAddress } from '@portico/service-kit/network/client-address';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { NO_TRACING, type Tracing } from '@portico/service-kit/tracing/tracing';
import type { Registry } from 'prom-client';
import { createAuthenticator } from './access/authenticator.ts';
import { createBearerAuthenticator } from './access/bearer/bearer.ts';
import { createPublicKeys, type PublicKeys } from './access/bearer/public-keys.ts';
import { createKeyDirectory } from './access/key-directory.ts';
import { createReplayGuard } from './access/replay-guard.ts';
import { showAuditLoss } from './audit/show-audit-loss.ts';
import { createDataVersions } from './cache/data-versions.ts';
import { createLookAtVersions } from './cache/look-at-versions.ts';
import { createResponseCache } from './cache/response-cache.ts';
import { PROVIDER_CALLBACK_PATH, providerCallback } from './callbacks/provider-callback.ts';
import type { GatewayConfig } from './config.ts';
import { v1 } from './contracts/v1/version.ts';
import { createContractAt, VERSIONS } from './contracts/versions.ts';
import { openapiPath, openapiText } from './docs/openapi.ts';
import { postmanPath, postmanText } from './docs/postman/collection.ts';
import type { Graph } from './graph/open-graph.ts';
import { SUBGRAPHS } from './graph/subgraph-schemas.ts';
import { createHealth, HEALTH_OPERATIONS, type Health, type HealthChecks } from './health.ts';
import { fetchJwks } from './internal/fetch-jwks.ts';
import { createInternalHandler } from './internal/internal-handler.ts';
import { createLimitsOf } from './limits/applied-limits.ts';
import { type Limits, openLimits } from './limits/open-limits.ts';
import { createMetrics } from './metrics.ts';
import { type Mount, mounted } from './mounted.ts';
import { oauthEndpoints } from './oauth/oauth-endpoints.ts';
import { createPipeline, type PipelineOptions } from './pipeline.ts';
import type { ContractVersion } from './rest/declare/version.ts';
import { docsEndpoints } from './rest/docs-endpoints.ts';
import { type ReadOptions, readIncoming } from './rest/incoming-request.ts';
import { fixedText, versionIndex } from './rest/plain-endpoints.ts';
import { refuseConnection } from './rest/refuse-connection.ts';
import type { Endpoint, Next } from './rest/rest-request.ts';
import { createRouter, type RoutedEndpoint } from './rest/router.ts';
import { sendAnswer } from './rest/send-answer.ts';
import { serveRoute } from './rest/serve/serve-route.ts';
import type { Platform } from './rest/serve/serving.ts';
import { createIdempotencyStore } from './stores/idempotency-store.ts';

export type GatewayDependencies = {
  graph: Graph;
  keySource: KeySource;
  /** OAuth clients and their tokens. */
  tokens: TokenService;
  /** Told of every request to the API. */
  audit: AuditSink;
  /** Public keys of service tokens and access tokens. */
  jwks: () => Promise<Jwks>;
  /** Runs statements on the database that holds idempotency keys and used signatures. */
  run: RunStatement;
  /** Runs statements on the database that holds data versions; they change nothing. */
  read: RunStatement;
  internalSecret: string;
  checks: HealthChecks;
  logger: Logger;
  tracing?: Tracing;
  /** What other programs of this process show of themselves; a new one otherwise. */
  registry?: Registry | undefined;
  /** The contract; that of this release otherwise. */
  versions?: typeof VERSIONS;
  /** Handlers of others under paths of our listeners. */
  mounts?: { public: readonly Mount[]; internal: readonly Mount[] };
};

export type Gateway = AsyncDisposable & { readonly publicUrl: string; readonly internalUrl: string };

const SWEEP_MS = 3_600_000;
const nowMs = (): number => Date.now();
const monotonicMs = (): number => performance.now();

export async function start(config: GatewayConfig, dependencies: GatewayDependencies): Promise<Gateway> {
  const { logger, tracing = NO_TRACING, versions = VERSIONS, mounts } = dependencies;
  await using opened = new AsyncDisposableStack();
  const metrics = opened.use(createMetrics(dependencies.registry));
  showAuditLoss(metrics.registry, dependencies.audit);
  const limits = opened.use(
    await openLimits({
      redisUrl: config.REDIS_URL,
      redisTimeoutMs: config.REDIS_TIMEOUT_MS,
      failuresPerMinute: config.FAILED_AUTHENTICATIONS_PER_MINUTE,
      metrics,
      logger,
      nowMs,
    }),
  );
  const health = createHealth({ ...dependencies.checks, ...limits.checks }, nowMs);
  const keys = createPublicKeys(dependencies.jwks, nowMs);
  const docsUrl = config.DOCS_URL ?? '/docs';
  const tls = tlsOf(config, logger);
  const issuer = (): string => config.PUBLIC_URL ?? open.url;
  const scheme = tls === undefined ? 'http' : 'https';
  const pipeline = openPipeline(
    opened,
    config,
    { ...dependencies, versions },
    { limits, health, keys, docsUrl, issuer, scheme, tracing, metrics },
  );
  const listening = { shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS, limits: connectionLimits(config) };
  const internalHandler = createInternalHandler({
    ...dependencies,
    tracing,
    keys: graphKeys(config, keys),
    issuer: config.GRAPH_TOKEN_ISSUER,
    health,
    metrics,
    development: config.DEVELOPMENT,
  });
  const internal = opened.use(
    await listen({
      ...listening,
      host: config.INTERNAL_HOST,
      port: config.INTERNAL_PORT,
      handler: mounted(mounts?.internal, internalHandler),
    }),
  );
  const open = opened.use(
    await listen({
      ...listening,
      host: config.HOST,
      port: config.PORT,
      tls,
      toRefusal: refuseConnection({ contract: versions[0], docsUrl, secure: tls !== undefined, logger, now: () => new Date() }),
      handler: mounted(
        mounts?.public,
        publicHandler(
          pipeline,
          { clientAddress: createClientAddress(config.TRUSTED_PROXIES), contractAt: createContractAt(versions) },
          logger,
        ),
      ),
    }),
  );
  const running = opened.move();
  return {
    publicUrl: open.url,
    internalUrl: internal.url,
    async [Symbol.asyncDispose]() {
      health.leave();
      await leaveService([open, internal], config.SHUTDOWN_DELAY_MS);
      await running.disposeAsync();
    },
  };
}

type Surroundings = Pick<PipelineOptions, 'docsUrl' | 'tracing' | 'scheme' | 'metrics'> & {
  limits: Limits;
  health: Health;
  keys: PublicKeys;
  issuer: () => string;
};

function openPipeline(
  opened: AsyncDisposableStack,
  config: GatewayConfig,
  { graph, keySource, tokens, jwks, run, read, audit, logger, versions }: GatewayDependencies & { versions: typeof VERSIONS },
  { limits, health, keys, issuer, ...surroundings }: Surroundings,
): Next {
  const directory = opened.use(createKeyDirectory(keySource));
  const replay = createReplayGuard(run);
  const idempotency = createIdempotencyStore(run, nowMs);
  opened.use(
    startTask({
      operation: 'sweep of idempotency keys and signatures',
      idleMs: SWEEP_MS,
      work: () => Promise.all([idempotency.sweep(), replay.sweep()]),
      logger,
    }),
  );
  const dataVersions = createDataVersions(createLookAtVersions({ run: read, schemas: SUBGRAPHS }));
  const cache = createResponseCache({ versions: dataVersions, bytesMax: config.RESPONSE_CACHE_BYTES, nowMs: monotonicMs });
  return createPipeline({
    ...surroundings,
    router: createRouter([
      ...plainEndpoints(health, versions),
      ...oauthEndpoints({ tokens, limits: limits.clients, jwks, issuer }),
      ...versions.flatMap((contract) => contractEndpoints({ graph, cache, docsUrl: surroundings.docsUrl }, contract)),
      { method: 'POST', path: PROVIDER_CALLBACK_PATH, endpoint: providerCallback(graph) },
    ]),
    authenticator: createAuthenticator({ directory, replay, nowMs, touch: (keyId, atMs) => keySource.touch(keyId, atMs) }),
    bearer: opened.use(createBearerAuthenticator({ tokens, keys, issuer, nowMs })),
    idempotency,
    limits,
    limitsOf: createLimitsOf(),
    audit,
    corsOrigins: config.CORS_ORIGINS,
    logger,
    now: () => new Date(),
    nowMs: monotonicMs,
  });
}

function publicHandler(pipeline: Next, reading: Omit<ReadOptions, 'nowMs'>, logger: Logger): RequestListener {
  const ending = new WeakSet<Socket>();
  return (req, res) => {
    // It was told so (RFC 9112, 9.6).
    if (ending.has(req.socket)) return;
    const request = readIncoming(req, { ...reading, nowMs: performance.now() });
    // The pipeline answers every error; what is thrown beyond it has nobody left to hear of it but the log.
    pipeline(request)
      .then((answer) => sendAnswer(request, res, answer, ending))
      .catch((err: unknown) => {
        logger.error({ err, requestId: request.requestId }, 'the pipeline failed');
        res.destroy();
      });
  };
}

function contractEndpoints(platform: Platform, contract: ContractVersion): RoutedEndpoint[] {
  const { prefix, routes } = contract;
  return routes.map((route) => ({ method: route.method, path: prefix + route.path, endpoint: serveRoute(platform, contract, route) }));
}

function plainEndpoints(health: Health, versions: readonly ContractVersion[]): RoutedEndpoint[] {
  const get = (path: string, endpoint: Endpoint): RoutedEndpoint => ({ method: 'GET', path, endpoint });
  return [
    get('/api', versionIndex(versions)),
    get(HEALTH_OPERATIONS.all.path, health.all),
    get(HEALTH_OPERATIONS.live.path, health.live),
    get(HEALTH_OPERATIONS.ready.path, health.ready),
    ...versions.flatMap((contract) => [
      get(openapiPath(contract), fixedText('getOpenApi', openapiText(contract))),
      get(postmanPath(contract), fixedText('getPostmanCollection', postmanText(contract))),
    ]),
    ...docsEndpoints(v1),
  ];
}

/** The keys of service tokens: our own, or those of another issuer. */
function graphKeys({ GRAPH_JWKS_URL: url }: GatewayConfig, own: PublicKeys): PublicKeys {
  return url === undefined ? own : createPublicKeys(() => fetchJwks(url), nowMs);
}

function connectionLimits(config: GatewayConfig): Partial<ConnectionLimits> {
  return {
    connectionsMax: config.CONNECTIONS_MAX,
    headersTimeoutMs: config.HEADERS_TIMEOUT_MS,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
  };
}

function tlsOf({ TLS_CERT: certFile, TLS_KEY: keyFile }: GatewayConfig, logger: Logger): TlsFiles | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) throw new ConfigError('TLS_CERT and TLS_KEY go together: one of them is missing.');
  return {
    certFile,
    keyFile,
    onError: (err) => logger.error({ err }, 'the new certificate cannot be used; the one before it stays'),
    onReload: () => logger.info({}, 'a new certificate is in use'),
  };
}
