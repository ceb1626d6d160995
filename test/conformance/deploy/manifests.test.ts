// The manifests against the programs: what they are started by, configured with, asked on and reached at.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { runCli } from '@portico/local/cli/run-cli';
import { secretsNew } from '@portico/local/commands/access/secrets-new';
import { gatewayProgramConfig } from '@portico/local/start/run-gateway';
import { PROGRAMS } from '@portico/local/start/run-program';
import { providerConfig } from '@portico/payments/config';
import { sandboxConfig } from '@portico/sandbox-provider/config';
import { loadConfig } from '@portico/service-kit/config';
import { createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { subgraphConfig } from '@portico/service-kit/subgraph/config';
import { relayConfig } from '@portico/webhook-relay/config';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import {
  type ComposeService,
  type Container,
  documentsOf,
  imageEnvironment,
  type Manifest,
  type PodSpec,
  readCompose,
  readDeploy,
  readKubernetes,
  root,
} from './read-manifests.ts';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const MIGRATE = 'migrate';
/** What migrating is given; what is not it would make by itself, for a database of others. */
const MIGRATE_NEEDS = ['DATABASE_URL', 'INTERNAL_SECRET', 'SECRET_KEYS', 'BLIND_INDEX_KEY'];

function configOf(words: string): z.ZodObject {
  if (words === 'gateway') return gatewayProgramConfig;
  if (words === 'relay') return subgraphConfig.extend(relayConfig.shape);
  if (words === 'sandbox-provider') return sandboxConfig;
  return words === 'subgraph payments' ? subgraphConfig.extend(providerConfig.shape) : subgraphConfig;
}

/** Throws with what is missing or malformed. */
function checkConfig(words: string, env: Readonly<Record<string, string>>): void {
  if (words === MIGRATE) expect(Object.keys(env)).toEqual(expect.arrayContaining(MIGRATE_NEEDS));
  else loadConfig(configOf(words), { ...imageEnvironment(), ...env });
}

const made: Record<string, string> = {};
beforeAll(async () => {
  const lines: string[] = [];
  const io = {
    env: {},
    out: (text: string) => void lines.push(text),
    err: () => {},
    readInput: () => Promise.reject(),
    now: () => new Date(),
  };
  expect(await runCli([secretsNew], ['secrets', 'new'], io)).toBe(0);
  for (const line of lines) made[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
});

it('every file is YAML without a mistake', () => {
  const files = globSync('**/*.yaml', { cwd: join(root, 'infra/deploy') });
  expect(files.length).toBeGreaterThan(10);
  for (const file of files)
    expect([file, parseAllDocuments(readDeploy(file), { merge: true }).flatMap(({ errors }) => errors)]).toEqual([file, []]);
});

it('new secrets are different each time and are taken by the programs', async () => {
  expect(new Set(Object.values(made)).size).toBe(8);
  expect(() => createKeyRing(made.SECRET_KEYS ?? '')).not.toThrow();
  expect(new URL(`postgresql://portico:${made.POSTGRES_PASSWORD}@postgres:5432/portico`).password).toBe(made.POSTGRES_PASSWORD);
});

describe('compose', () => {
  let services: Record<string, ComposeService>;
  let ours: [string, ComposeService][];
  beforeAll(() => {
    services = readCompose({ ...made, PAYMENT_PROVIDER: 'sandbox' });
    ours = Object.entries(services).filter(([, { image }]) => image.startsWith('portico'));
  });

  it('refuses to start while nobody has said who charges in live mode', () => {
    expect(() => readCompose(made)).toThrow('PAYMENT_PROVIDER');
  });

  it('runs every program, two gateways among them, from one image of this version', () => {
    const words = ours.map(([, { command }]) => command?.join(' '));
    expect(words.toSorted()).toEqual(['gateway', MIGRATE, ...PROGRAMS.keys()].toSorted());
    expect(new Set(ours.map(([, { image }]) => image))).toEqual(new Set([`portico:${version}`]));
    for (const { image } of Object.values(services)) expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-\w+)?$/);
  });

  it('gives each program what it has to be given, and nothing that it does not know', () => {
    for (const [name, { command = [], environment = {} }] of ours) {
      const words = command.join(' ');
      checkConfig(words, environment);
      const known = words === MIGRATE ? [...MIGRATE_NEEDS, 'LOG_LEVEL'] : Object.keys(configOf(words).shape);
      expect([name, Object.keys(environment).filter((variable) => !known.includes(variable))]).toEqual([name, []]);
    }
  });

  it('names in addresses only services that are there, at ports where they listen', () => {
    const { PORT, INTERNAL_PORT } = imageEnvironment();
    const listening: Record<string, string> = { postgres: '5432', redis: '6379', nats: '4222', localhost: `${PORT} ${INTERNAL_PORT}` };
    for (const { environment = {} } of Object.values(services))
      for (const value of Object.values(environment).filter((text) => /^\w+:\/\//.test(text))) {
        const { hostname, port } = new URL(value);
        expect(Object.keys(services)).toContain(hostname === 'localhost' ? 'balancer' : hostname);
        expect([value, (listening[hostname] ?? `${PORT} ${INTERNAL_PORT}`).includes(port)]).toEqual([value, true]);
      }
    for (const [, gateway, port] of readDeploy('compose/haproxy.cfg').matchAll(/^ +server (gateway-\d) gateway-\d:(\d+)$/gm)) {
      expect(Object.keys(services)).toContain(gateway);
      expect([PORT, INTERNAL_PORT]).toContain(port);
    }
  });

  it('publishes the balancer alone, and its internal listener to this machine alone', () => {
    const published = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(['balancer']);
    expect(services.balancer?.ports?.filter((port) => port.endsWith(':4001'))).toEqual(['127.0.0.1:4001:4001']);
  });

  it('believes the balancer alone on addresses, which has one that no other service is given', () => {
    const programs = services.balancer?.networks as { programs: { ipv4_address: string } };
    for (const name of ['gateway-1', 'gateway-2'])
      expect(services[name]?.environment?.TRUSTED_PROXIES).toBe(programs.programs.ipv4_address);
    const [, range = '', bits] = /ip_range: ([\d.]+)\/(\d+)/.exec(readDeploy('compose/compose.yaml')) ?? [];
    const given = new BlockList();
    given.addSubnet(range, Number(bits));
    expect(given.check(programs.programs.ipv4_address)).toBe(false);
  });

  it('bounds the memory of every service, and starts each again', () => {
    for (const [name, { deploy, restart }] of Object.entries(services)) {
      expect([name, deploy?.resources.limits.memory]).toEqual([name, expect.stringMatching(/^\d+[MG]$/)]);
      expect([name, restart]).toEqual([name, name === MIGRATE ? 'no' : 'unless-stopped']);
    }
  });
});

describe('Kubernetes', () => {
  const manifests = readKubernetes();
  const ofKind = (kind: string): Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
  const named = (kind: string, name: string): Manifest | undefined => ofKind(kind).find(({ metadata }) => metadata.name === name);
  const pods = [...ofKind('Deployment'), ...ofKind('Job')].map(({ metadata, spec }) => {
    const pod = spec?.template as { spec: PodSpec };
    return { name: metadata.name, pod: pod.spec, container: pod.spec.containers[0] as Container, labels: spec?.template?.metadata.labels };
  });
  const deployments = pods.filter(({ name }) => name !== MIGRATE);
  const example = documentsOf('kubernetes/example/kustomization.yaml')[0] as { images: { newTag: string }[]; patches: { patch: string }[] };
  const overlaid = example.patches.map(({ patch }) => parse(patch) as Manifest);

  /** The keys of the secrets, which are made beside the manifests. */
  const SECRETS: Readonly<Record<string, readonly string[]>> = {
    portico: ['DATABASE_URL', 'REDIS_URL', 'NATS_URL', 'INTERNAL_SECRET', 'SECRET_KEYS', 'BLIND_INDEX_KEY'],
    'portico-payments': ['SANDBOX_CLIENT_SECRET', 'SANDBOX_CALLBACK_SECRET', 'STRIPE_API_KEY', 'STRIPE_WEBHOOK_SECRET'],
    'portico-mail': ['SMTP_URL'],
  };
  const values = (): Record<string, string> => ({
    STRIPE_API_KEY: 'sk_live_1',
    STRIPE_WEBHOOK_SECRET: 'whsec_1',
    SMTP_URL: 'smtp://mail.example.com:587',
    DATABASE_URL: 'postgresql://portico@db.example.com/portico',
    REDIS_URL: 'redis://redis.example.com',
    NATS_URL: 'nats://nats.example.com',
    ...made,
  });
  const sourcesOf = (container: Container): Record<string, string>[] =>
    (container.envFrom ?? []).map(({ configMapRef, secretRef }) => {
      const all = values();
      if (secretRef !== undefined) return Object.fromEntries((SECRETS[secretRef.name] ?? []).map((name) => [name, all[name] ?? '']));
      const patch = overlaid.find(({ metadata }) => metadata.name === configMapRef?.name);
      return { ...named('ConfigMap', configMapRef?.name ?? '')?.data, ...patch?.data };
    });
  const wordsOf = ({ args }: Container): string => args?.join(' ') ?? '';

  it('runs every program, and the migrations before them, from one image, which the overlay pins to this version', () => {
    expect(pods.map(({ container }) => wordsOf(container)).toSorted()).toEqual([MIGRATE, ...PROGRAMS.keys()].toSorted());
    expect(new Set(pods.map(({ container }) => container.image))).toEqual(new Set(['portico']));
    expect(example.images.map(({ newTag }) => newTag)).toEqual([version]);
  });

  it('gives each program what it has to be given, and no setting that nobody who gets it knows', () => {
    const known = new Map<string, Set<string>>();
    for (const { container } of pods) {
      const words = wordsOf(container);
      checkConfig(words, Object.assign({}, ...sourcesOf(container)));
      for (const { configMapRef, secretRef } of container.envFrom ?? []) {
        const source = configMapRef?.name ?? `secret ${secretRef?.name}`;
        const names = words === MIGRATE ? MIGRATE_NEEDS : Object.keys(configOf(words).shape);
        known.set(source, new Set([...(known.get(source) ?? []), ...names]));
      }
    }
    for (const { metadata, data = {} } of [...ofKind('ConfigMap'), ...overlaid])
      expect([metadata.name, Object.keys(data).filter((name) => known.get(metadata.name)?.has(name) !== true)]).toEqual([
        metadata.name,
        [],
      ]);
    for (const [name, keys] of Object.entries(SECRETS)) {
      expect([name, keys.filter((key) => known.get(`secret ${name}`)?.has(key) !== true)]).toEqual([name, []]);
      for (const key of keys) expect(readDeploy('README.md')).toContain(key);
    }
  });

  it('reaches each program at a port where it listens, under the name that addresses have', () => {
    const { PORT, INTERNAL_PORT } = imageEnvironment();
    for (const { spec, metadata } of ofKind('Service')) {
      const target = pods.find(({ labels }) => labels?.['app.kubernetes.io/name'] === spec?.selector?.['app.kubernetes.io/name']);
      for (const { port, targetPort } of spec?.ports ?? []) {
        const listening = target?.container.ports?.find(({ name }) => name === targetPort)?.containerPort;
        expect([metadata.name, port, listening]).toEqual([
          metadata.name,
          listening,
          Number(targetPort === 'internal' ? INTERNAL_PORT : PORT),
        ]);
      }
    }
    for (const { data = {} } of ofKind('ConfigMap'))
      for (const address of Object.values(data).filter((value) => value.startsWith('http'))) {
        const { hostname, port } = new URL(address);
        expect([address, named('Service', hostname)?.spec?.ports?.map((service) => String(service.port))]).toEqual([address, [port]]);
      }
  });

  it('lets the public in at the public listener alone', () => {
    const ingress = readDeploy('kubernetes/example/ingress.yaml');
    expect([...ingress.matchAll(/service: \{ name: ([\w-]+), port: \{ name: (\w+)/g)].map(([, ...to]) => to)).toEqual([
      ['gateway', 'http'],
    ]);
    const policy = parseAllDocuments(readDeploy('kubernetes/base/network-policies.yaml'))
      .map((document) => document.toJS())
      .find(({ metadata }) => metadata.name === 'gateway') as { spec: { ingress: { from: unknown[]; ports: { port: number }[] }[] } };
    const internal = policy.spec.ingress.filter(({ ports }) => ports.some(({ port }) => port === 4001));
    expect(internal.map(({ from }) => JSON.stringify(from)).filter((from) => from.includes('ingress'))).toEqual([]);
  });

  it('has a budget for disruptions, probes and bounds for every program, and lets none of them be root or write', () => {
    for (const { name, pod, container } of deployments) {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources).toMatchObject({
        requests: { cpu: expect.anything(), memory: expect.anything() },
        limits: { memory: expect.anything() },
      });
      for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe])
        expect([name, probe?.httpGet?.port ?? probe?.tcpSocket?.port]).toEqual([name, 'http']);
      const budget = ofKind('PodDisruptionBudget').find(({ spec }) => spec?.selector?.matchLabels?.['app.kubernetes.io/name'] === name);
      expect([name, budget !== undefined]).toEqual([name, name !== 'sandbox-provider']);
    }
    expect(ofKind('HorizontalPodAutoscaler').map(({ spec }) => spec?.scaleTargetRef?.name)).toEqual(['gateway', 'relay']);
  });

  it('lets a pod go on answering until its end is known, and leaves it the time to stop', () => {
    const delay = Number(named('ConfigMap', 'portico')?.data?.SHUTDOWN_DELAY_MS) / 1_000;
    expect(delay).toBeGreaterThanOrEqual(5);
    // Requests, a relay's attempts, statements of tasks: 12, 30 and 16 s.
    for (const { pod } of deployments) expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(delay + 12 + 30 + 16);
  });

  const kubectl = spawnSync('kubectl', ['kustomize', join(root, 'infra/deploy/kubernetes/base')], { encoding: 'utf8' });
  it.skipIf(kubectl.error !== undefined)('is by kustomize itself what these tests took it for (skipped without kubectl)', () => {
    expect(kubectl.stderr).toBe('');
    const rendered = parseAllDocuments(kubectl.stdout).map((document) => document.toJS() as Manifest);
    expect(rendered).toHaveLength(manifests.length);
    for (const { name, container } of pods) {
      const same = rendered.find(({ kind, metadata }) => ['Deployment', 'Job'].includes(kind) && metadata.name === name);
      expect(same?.spec?.template?.spec.containers).toEqual([container]);
    }
  });
});
