// Where the CPU time of a request goes, by part of the platform: a V8 profile, every sample given to the nearest frame that belongs to a part.
import type { Profiler } from 'node:inspector/promises';

const HTTP = 'HTTP';

/** The first pattern that a frame's file matches names its part. Native code belongs to who called it. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/mesh\/src\/access\/|steps\/authenticate/, 'key and signature'],
  [/mesh\/src\/cache\//, 'response cache'],
  [/metrics\.ts|log-access|prom-client|pino|logger\.ts/, 'metrics and log'],
  [/webhook-relay\/src\/(attempts\/attempt|rendering|signing)/, 'render, sign, record'],
  [/webhook-relay\/src\/sending|\/undici\//, 'sending'],
  [/webhook-relay\/src\//, 'relay engine'],
  [/mesh\/src\/graph\/|@graphql-mesh|@envelop|@whatwg-node|graphql-jit|\/graphql\/|graph-handler/, 'Mesh, plan, compiled query'],
  [/mesh\/src\//, 'pipeline, parsing, answer'],
  [/\/pg\/|pg-pool|pg-protocol|pg-types|postgres-array|service-kit\/src\/sql\//, 'PostgreSQL client'],
  [/service-kit\/src\/(bus|outbox)\//, 'event bus'],
  [/subgraphs\/|service-kit\/src\/(subgraph|reads|database)\/|@mikro-orm|kysely/, 'subgraphs and ORM'],
  [/^node:(_http|http|internal\/http)/, HTTP],
];
/** Sockets carry statements too: they belong to who writes to them, and to HTTP only when the loop reads them. */
const SOCKET = /^node:(net|internal\/(stream_base|streams))/;
const OTHER = 'runtime (microtasks, timers, unattributed)';
const COLLECTOR = 'garbage collector';

/** Parts and their share of the busy time, largest first. */
export function partsOf(profile: Profiler.Profile): [part: string, share: number][] {
  const parts = new Map<number, string>();
  const assign = (id: number, inherited: string): void => {
    const node = nodes.get(id);
    if (node === undefined) return;
    const part = partOf(node.callFrame) ?? (inherited === OTHER && SOCKET.test(node.callFrame.url) ? HTTP : inherited);
    parts.set(id, part);
    for (const child of node.children ?? []) assign(child, part);
  };
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const [root] = profile.nodes;
  if (root !== undefined) assign(root.id, OTHER);

  const times = new Map<string, number>();
  profile.samples?.forEach((id, i) => {
    const frame = nodes.get(id)?.callFrame;
    if (frame?.functionName === '(idle)' || frame?.url.startsWith('node:inspector') === true) return;
    const part = parts.get(id) ?? OTHER;
    times.set(part, (times.get(part) ?? 0) + (profile.timeDeltas?.[i] ?? 0));
  });
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times].map(([part, time]): [string, number] => [part, time / busy]).sort(([, a], [, b]) => b - a);
}

function partOf({ url, functionName }: { url: string; functionName: string }): string | undefined {
  if (functionName === '(garbage collector)') return COLLECTOR;
  return PARTS.find(([pattern]) => pattern.test(url))?.[1];
}
