import type { Resource } from '../declare/resource.ts';
import type { Conventions } from '../declare/version.ts';

const SEGMENT = /^([a-z]\w*)((?:\[\d+\])*)$/;

/** The place of an error in the graph (`items[0].productId`) as a version names it. `resource`: what the request was about. */
export function nameDetail(path: string, { name, graphNames }: Conventions, resource: Resource | undefined): string {
  const known = graphName(path, graphNames);
  if (known !== undefined) return known;
  let owner: Resource | undefined = resource;
  const said: string[] = [];
  for (const segment of path.split('.')) {
    const [, declared, places = ''] = SEGMENT.exec(segment) ?? [];
    if (declared === undefined) return path;
    const own = name(declared, owner?.name);
    said.push(own + places);
    const field = owner?.fields.get(own);
    // What is under a leaf is data, as the names of headers.
    if (field?.kind === 'leaf') return [...said, ...path.split('.').slice(said.length)].join('.');
    owner = field?.resource();
  }
  return said.join('.');
}

function graphName(path: string, names: Conventions['graphNames']): string | undefined {
  const last = path.slice(path.lastIndexOf('.') + 1);
  // A field may be called toString.
  const known = [path, last].find((one) => Object.hasOwn(names, one));
  return known === undefined ? undefined : path.slice(0, path.length - known.length) + names[known];
}
