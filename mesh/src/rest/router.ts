import type { PathParams } from './declare/route.ts';
import type { Endpoint } from './rest-request.ts';

export type Match = {
  /** The path as it was declared: `/api/v1/orders/{orderId}`. */
  readonly template: string;
  readonly methods: ReadonlyMap<string, Endpoint>;
  /** Every method that is answered, as `Allow` says it. */
  readonly allow: string;
  readonly params: PathParams;
};

/** An endpoint and where it is: the path as it is declared. */
export type RoutedEndpoint = { readonly method: string; readonly path: string; readonly endpoint: Endpoint };

export type Router = {
  /** Answers what is known of a path; undefined for one that is not. */
  find(path: string): Match | undefined;
};

/** What is declared at a path. */
type Place = Omit<Match, 'params'> & { readonly methods: Map<string, Endpoint> };

type Node = {
  readonly children: Map<string, Node>;
  param?: { name: string; node: Node };
  place?: Place;
};

const PARAM = /^\{(\w+)\}$/;
const PARAMS = /[{}]/;
const SEGMENTS_MAX = 12;

/** A tree of path segments; a path without parameters is found at once. Throws at start for two endpoints of the same method and path. */
export function createRouter(endpoints: readonly RoutedEndpoint[]): Router {
  const root: Node = { children: new Map() };
  for (const { method, path, endpoint } of endpoints) {
    let node = root;
    for (const segment of path.split('/').slice(1)) node = descend(node, segment);
    const methods = node.place?.methods ?? new Map<string, Endpoint>();
    if (methods.has(method)) throw new Error(`Two endpoints answer ${method} ${path}.`);
    methods.set(method, endpoint);
    node.place = { template: node.place?.template ?? path, methods, allow: allowed([...methods.keys()]) };
  }

  function walk(path: string): Match | undefined {
    const segments = path.split('/');
    if (segments.length > SEGMENTS_MAX) return undefined;
    let node = root;
    let params: Record<string, string> = NO_PARAMS;
    for (let i = 1; i < segments.length; i += 1) {
      const segment = segments[i] ?? '';
      const child = node.children.get(segment);
      if (child !== undefined) {
        node = child;
        continue;
      }
      const value = node.param === undefined || segment === '' ? undefined : decode(segment);
      if (node.param === undefined || value === undefined) return undefined;
      if (params === NO_PARAMS) params = {};
      params[node.param.name] = value;
      node = node.param.node;
    }
    return node.place === undefined ? undefined : { ...node.place, params };
  }

  const plain = new Map<string, Match>();
  for (const { path } of endpoints) {
    const match = PARAMS.test(path) ? undefined : walk(path);
    if (match !== undefined) plain.set(path, match);
  }
  return { find: (path) => plain.get(path) ?? walk(path) };
}

const NO_PARAMS: Record<string, string> = Object.freeze({});

function allowed(methods: readonly string[]): string {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function descend(node: Node, segment: string): Node {
  const name = PARAM.exec(segment)?.[1];
  if (name !== undefined) {
    node.param ??= { name, node: { children: new Map() } };
    return node.param.node;
  }
  let child = node.children.get(segment);
  if (child === undefined) {
    child = { children: new Map() };
    node.children.set(segment, child);
  }
  return child;
}

function decode(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
