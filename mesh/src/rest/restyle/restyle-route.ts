// A route in the conventions of another version than the one it was declared in. Everything behind it (parsing, selection, operation, answer,
// document) sees a route like any other.
import type { PathParams, Route, WriteRoute } from '../declare/route.ts';
import type { Conventions } from '../declare/version.ts';
import { restyleBody } from './restyle-body.ts';
import { createRestyleResource, type RestyleResource, sayInText } from './restyle-resource.ts';

type Kind<Name extends Route['kind']> = Extract<Route, { kind: Name }>;

/** Says routes as a version does. */
export function createRestyleRoute(conventions: Conventions): (declared: Route) => Route {
  const { name } = conventions;
  const resourceOf = createRestyleResource(conventions);
  return (declared) => {
    const { description } = declared;
    const route: Route = {
      ...declared,
      path: declared.path.replace(/\{(\w+)\}/g, (_, parameter: string) => `{${name(parameter)}}`),
      ...(description === undefined ? {} : { description: sayInText(description, name) }),
    };
    switch (route.kind) {
      case 'list':
        return restyleList(route, conventions, resourceOf);
      case 'item':
        return { ...route, resource: resourceOf(route.resource), param: name(route.param) };
      case 'write':
        return restyleWrite(route, declared.path, conventions, resourceOf);
      case 'custom':
        return restyleCustom(route, declared.path, conventions, resourceOf);
    }
  };
}

function restyleList(route: Kind<'list'>, { name, paging }: Conventions, resourceOf: RestyleResource): Route {
  const { parent, resource } = route;
  const own = <Value>(named: Readonly<Record<string, Value>>): Record<string, Value> => renamed(named, (key) => name(key, resource.name));
  return {
    ...route,
    resource: resourceOf(resource),
    filters: own(route.filters),
    sorts: own(route.sorts),
    ...(parent === undefined ? {} : { parent: { ...parent, param: name(parent.param) } }),
    ...(paging === 'cursor' ? { cursorOnly: true } : {}),
  };
}

function restyleWrite(route: WriteRoute, path: string, conventions: Conventions, resourceOf: RestyleResource): Route {
  const declaredParams = toDeclared(path, conventions);
  const body = route.body === undefined ? undefined : restyleBody(route.body, conventions, route.resource);
  return {
    ...route,
    resource: resourceOf(route.resource),
    ...(body === undefined ? {} : { body: body.schema, bodyExample: body.write(route.bodyExample) }),
    variables: (input) => route.variables({ ...input, path: declaredParams(input.path) }),
  };
}

function restyleCustom(route: Kind<'custom'>, path: string, conventions: Conventions, resourceOf: RestyleResource): Route {
  const { name } = conventions;
  const declaredParams = toDeclared(path, conventions);
  const names = new Map(Object.keys(route.parameters).map((parameter) => [name(parameter), parameter]));
  const shows = Object.entries(route.shows ?? {}).map(([key, showing]) => {
    const { fields, resource } = showing;
    const said = fields?.split(',').map((field) => name(field, resource.name));
    return [key, { ...showing, resource: resourceOf(resource), ...(said === undefined ? {} : { fields: said.join() }) }] as const;
  });
  return {
    ...route,
    parameters: renamed(route.parameters, name),
    shows: Object.fromEntries(shows),
    run: (request) =>
      route.run({
        ...request,
        path: declaredParams(request.path),
        query: renamed(request.query, (said) => names.get(said) ?? said),
      }),
  };
}

/** What a declaration calls the parameters of its path. */
function toDeclared(path: string, { name }: Conventions): (params: PathParams) => PathParams {
  const names = new Map([...path.matchAll(/\{(\w+)\}/g)].map(([, declared = '']) => [name(declared), declared]));
  return (params) => renamed(params, (said) => names.get(said) ?? said);
}

function renamed<Value>(named: Readonly<Record<string, Value>>, name: (key: string) => string): Record<string, Value> {
  return Object.fromEntries(Object.entries(named).map(([key, value]) => [name(key), value]));
}
