import type { PathParams } from './declare/route.ts';
import type { Endpoint } from './rest-request.ts';

/** `template` is the path as it was declared: `/api/v1/orders/{orderId}`. */
export type Match = { readonly template: string; readonly methods: ReadonlyMap<string, Endpoint>; readonly params: PathParams };

export type Router = {
  /** Answers what is known of a path; undefined for one that is not. */
  find(path: string): Match | undefined;
};

type Node = {
  readonly children: Map<string, Node>;
  param?: { name: string; node: Node };
  methods?: Map<string, Endpoint>;
  template?: string;
};

const PARAM = /^\{(\w+)\}$/;
const SEGMENTS_MAX = 12;

/** A tree of path segments. Throws at start for two endpoints of the same method and path. */
export function createRouter(endpoints: readonly { method: string; path: string; endpoint: Endpoint }[]): Router {
  const root: Node = { children: new Map() };
  for (const { method, path, endpoint } of endpoints) {
    let node = root;
    for (const segment of path.split('/').slice(1)) node = descend(node, segment);
    node.methods ??= new Map();
    node.template ??= path;
    if (node.methods.has(method)) throw new Error(`Two endpoints answer ${method} ${path}.`);
    node.methods.set(method, endpoint);
  }
  return {
    find(path) {
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
      return node.methods === undefined ? undefined : { template: node.template ?? '', methods: node.methods, params };
    },
  };
}

const NO_PARAMS: Record<string, string> = Object.freeze({});

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
