import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { v1 } from '@portico/mesh/contracts/v1/version';
import { VERSIONS } from '@portico/mesh/contracts/versions';
import { openapiDocument, openapiFile, openapiText } from '@portico/mesh/docs/openapi';
import { sdkFile, sdkSource } from '@portico/mesh/docs/sdk/sdk-source';
import { composeSupergraph } from '@portico/mesh/graph/compose';
import { readSubgraphSchemas, supergraphFile } from '@portico/mesh/graph/subgraph-schemas';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const run = promisify(execFile);
const binary = (name: string, bin: string): string => join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), bin);

describe('committed files that are made from sources', () => {
  it('the supergraph is what the subgraphs compose to (else: npm run generate)', () => {
    expect(readFileSync(supergraphFile, 'utf8')).toBe(composeSupergraph(readSubgraphSchemas()));
  });

  it.each(VERSIONS)('the OpenAPI document of version $version is what the declarations say (else: npm run generate)', (contract) => {
    expect(readFileSync(openapiFile(contract), 'utf8')).toBe(openapiText(contract));
  });

  it('the types of the SDK are those of the declarations (else: npm run generate)', () => {
    expect(readFileSync(sdkFile, 'utf8')).toBe(sdkSource(v1));
  });
});

// The linters are programs that take a machine that does other things too half a minute each.
describe.each(VERSIONS)('the OpenAPI document of version $version', { timeout: 240_000 }, (contract) => {
  it('has an example for every body and every answer with a body', () => {
    const { paths } = openapiDocument(contract) as {
      paths: Record<string, Record<string, { requestBody?: Content; responses: Record<string, Content> }>>;
    };
    const missing = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, operation]) => {
        if (method === 'parameters' || method === 'servers') return [];
        const successes = Object.entries(operation.responses).flatMap(([status, response]) => (status.startsWith('2') ? [response] : []));
        const contents = [operation.requestBody, ...successes].flatMap((one) => one?.content?.['application/json'] ?? []);
        return contents.some((content) => content.example === undefined) ? [`${method} ${path}`] : [];
      }),
    );
    expect(missing).toEqual([]);
  });

  it('has for every webhook an example that its schema takes', () => {
    const { webhooks } = openapiDocument(contract) as { webhooks: Record<string, { post: { requestBody: Content } }> };
    for (const [name, { post }] of Object.entries(webhooks)) {
      const { schema = false, example } = post.requestBody.content?.['application/json'] ?? {};
      expect([name, z.fromJSONSchema(schema).safeParse(example).error]).toEqual([name, undefined]);
    }
  });

  it('says of every operation that a body can be too large, whether or not it takes one', () => {
    const { paths } = openapiDocument(contract) as { paths: Record<string, Record<string, { responses?: object }>> };
    const silent = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { responses }]) =>
        responses === undefined || Object.hasOwn(responses, '413') ? [] : [`${method} ${path}`],
      ),
    );
    expect(silent).toEqual([]);
  });

  it('declares every route of the requirements', () => {
    const declared = new Set(contract.routes.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`));
    const required = [
      'GET /orders',
      'GET /orders/{}',
      'POST /orders',
      'PUT /orders/{}',
      'PATCH /orders/{}/status',
      'DELETE /orders/{}',
      'GET /orders/{}/payments',
      'GET /payments/{}',
      'GET /products',
      'GET /products/{}',
      'POST /products',
      'PUT /products/{}',
      'DELETE /products/{}',
      'GET /customers',
      'GET /customers/{}',
      'POST /customers',
      'PUT /customers/{}',
      'DELETE /customers/{}',
      'GET /customers/{}/export',
      'GET /inventory',
      'GET /inventory/{}',
      'POST /inventory',
      'PUT /inventory/{}',
      'PATCH /inventory/{}/reserve',
      'PATCH /inventory/{}/release',
      'GET /search',
    ];
    expect(required.filter((route) => !declared.has(route))).toEqual([]);
  });

  it('has the operations that belong to no version, at the host and by what serves them', () => {
    const { paths } = openapiDocument(contract) as { paths: Record<string, { servers?: { url: string }[]; post?: Form }> };
    const atHost = Object.entries(paths).filter(([, { servers }]) => servers !== undefined);
    expect(atHost.map(([path]) => path).sort()).toEqual([
      '/.well-known/jwks.json',
      '/.well-known/oauth-authorization-server',
      '/api/health',
      '/api/health/live',
      '/api/health/ready',
      '/api/oauth/introspect',
      '/api/oauth/refresh',
      '/api/oauth/revoke',
      '/api/oauth/token',
    ]);
    for (const [, { servers }] of atHost) expect(servers?.map(({ url }) => url)).toEqual(['http://localhost:4000', 'https://{host}']);
    const form = paths['/api/oauth/token']?.post?.requestBody.content['application/x-www-form-urlencoded'];
    expect(form?.schema).toMatchObject({
      required: ['grant_type'],
      properties: { grant_type: { enum: ['client_credentials', 'refresh_token'] } },
    });
  });

  it('is valid under redocly', async () => {
    const { stdout } = await run(
      process.execPath,
      [binary('@redocly/cli', 'bin/cli.js'), 'lint', '--format=json', fileURLToPath(openapiFile(contract))],
      { cwd: root, env: { ...process.env, REDOCLY_TELEMETRY: 'off', CI: 'true' }, maxBuffer: 1e8 },
    ).catch((error: { stdout: string }) => error);
    expect(JSON.parse(stdout).totals).toMatchObject({ errors: 0 });
  });

  it('is valid under spectral', async () => {
    const ruleset = join(root, 'test/conformance/spectral.yaml');
    const { stdout } = await run(
      process.execPath,
      [
        binary('@stoplight/spectral-cli', 'dist/index.js'),
        'lint',
        '--format=json',
        '--quiet',
        '--ruleset',
        ruleset,
        fileURLToPath(openapiFile(contract)),
      ],
      { cwd: root, env: { ...process.env, SCARF_ANALYTICS: 'false' }, maxBuffer: 1e8 },
    ).catch((error: { stdout: string }) => error);
    const problems: { severity: number; message: string; path: string[] }[] = JSON.parse(stdout);
    expect(problems.filter(({ severity }) => severity === 0)).toEqual([]);
  });
});

type Form = { requestBody: { content: Record<string, { schema: unknown }> } };
type Content = { content?: { 'application/json'?: { schema?: Parameters<typeof z.fromJSONSchema>[0]; example?: unknown } } };
