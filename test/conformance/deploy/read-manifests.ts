// What infra/deploy says, as a deployment would have it: compose with its variables filled in, Kubernetes after kustomize's patches.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const deploy = join(root, 'infra/deploy');
const base = join(deploy, 'kubernetes/base');

export const readDeploy = (file: string): string => readFileSync(join(deploy, file), 'utf8');

// Of manifests only what the tests look at is described.
type Port = { name: string; containerPort: number };
export type Probe = { httpGet?: { path: string; port: string }; tcpSocket?: { port: string } };
export type Container = {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  ports?: Port[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string; optional?: boolean } }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  securityContext?: unknown;
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
};
export type PodSpec = { terminationGracePeriodSeconds?: number; securityContext?: unknown; containers: Container[] };
export type Manifest = {
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  data?: Record<string, string>;
  spec?: {
    template?: { metadata: { labels: Record<string, string> }; spec: PodSpec };
    selector?: Record<string, string> & { matchLabels?: Record<string, string> };
    ports?: { port: number; targetPort: string }[];
    scaleTargetRef?: { name: string };
  };
};

export function documentsOf(file: string): unknown[] {
  return parseAllDocuments(readDeploy(file)).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}

/** The manifests of the base, each Deployment with the patches that are meant for it. */
export function readKubernetes(): Manifest[] {
  const { resources, patches } = parse(readFileSync(join(base, 'kustomization.yaml'), 'utf8')) as {
    resources: string[];
    patches: { path: string; target: { kind: string; labelSelector?: string } }[];
  };
  const manifests = resources.flatMap((file) => documentsOf(`kubernetes/base/${file}`) as Manifest[]);
  for (const { path, target } of patches) {
    const [patch] = documentsOf(`kubernetes/base/${path}`) as Manifest[];
    const [label = '', value] = target.labelSelector?.split('=') ?? [];
    for (const manifest of manifests) {
      const isMeant = manifest.kind === target.kind && (value === undefined || manifest.metadata.labels?.[label] === value);
      if (isMeant) Object.assign(manifest, { spec: merge(manifest.spec, patch?.spec) });
    }
  }
  return manifests;
}

/** As kustomize does it: what has a name is found by it. */
function merge(into: unknown, from: unknown): unknown {
  if (Array.isArray(into) && Array.isArray(from)) {
    const names = from.map(nameOf);
    const kept = into.map((item) => (names.includes(nameOf(item)) ? merge(item, from[names.indexOf(nameOf(item))]) : item));
    return [...from.filter((item) => !into.map(nameOf).includes(nameOf(item))), ...kept];
  }
  if (!isRecord(into) || !isRecord(from)) return from;
  return {
    ...into,
    ...Object.fromEntries(Object.entries(from).map(([key, value]) => [key, key in into ? merge(into[key], value) : value])),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const nameOf = (item: unknown): unknown => (isRecord(item) ? (item.name ?? item.containerPort) : item);

export type ComposeService = {
  image: string;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  networks: string[] | Record<string, unknown>;
  ports?: string[];
  depends_on?: Record<string, { condition: string }> | string[];
  restart?: string;
  deploy?: { resources: { limits: { memory: string } } };
};

/** The services, with `given` in place of their variables. Throws for one that has to be given and is not. */
export function readCompose(given: Readonly<Record<string, string>>): Record<string, ComposeService> {
  const { services } = parse(readDeploy('compose/compose.yaml'), { merge: true }) as { services: unknown };
  return JSON.parse(JSON.stringify(services), (_key, value: unknown) => (typeof value === 'string' ? fillIn(value, given) : value));
}

function fillIn(text: string, given: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\$|\$\{(\w+)(?::([?-])([^}]*))?\}/g,
    (_, name: string | undefined, kind: string | undefined, otherwise: string) => {
      if (name === undefined) return '$';
      const value = given[name] ?? (kind === '-' ? otherwise : undefined);
      if (value === undefined) throw new Error(`${name} has to be given.`);
      return value;
    },
  );
}

export type Instruction = { readonly name: string; readonly value: string };

/** The instructions of each stage of the Dockerfile. */
export function readDockerfile(): Instruction[][] {
  const lines = readDeploy('Dockerfile')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [name = '', ...words] = line.split(' ');
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, value: words.join(' ') });
  }
  return stages;
}

/** What ENV of the image says. */
export function imageEnvironment(): Record<string, string> {
  const values = (readDockerfile().at(-1) ?? []).filter(({ name }) => name === 'ENV').flatMap(({ value }) => value.split(/\s+/));
  return Object.fromEntries(values.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}
