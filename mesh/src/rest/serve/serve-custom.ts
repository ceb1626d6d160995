import { invalid } from '@portico/contracts/errors';
import { type DocumentNode, parse, validate } from 'graphql';
import { contentTag } from '../answer/entity-tag.ts';
import type { CustomRoute, Showing } from '../declare/route.ts';
import { parseQueryString } from '../query/query-string.ts';
import { callerOf, type Endpoint, type RestRequest } from '../rest-request.ts';
import { type CompiledSelection, compileSelection } from '../selection/compile-selection.ts';
import { parseSelection } from '../selection/selection-tree.ts';
import { readAnswer } from './read-answer.ts';
import { ask, type Serving } from './serving.ts';

export function serveCustom(serving: Serving, route: CustomRoute): Endpoint {
  const documents = new Map<string, DocumentNode>();
  // Texts are made of the declaration alone (`CustomRequest.ask`), so there are few.
  function documentOf(text: string): DocumentNode {
    let document = documents.get(text);
    if (document === undefined) {
      document = parse(text, { noLocation: true });
      const [problem] = validate(serving.graph.schema, document);
      if (problem !== undefined) throw problem;
      documents.set(text, document);
    }
    return document;
  }

  const showing = new Map(Object.entries(route.shows ?? {}).map(([name, what]) => [name, compileShowing(what)]));
  function shown(name: string): CompiledSelection {
    const selection = showing.get(name);
    if (selection === undefined) throw new Error(`${route.operationId} does not declare that it shows ${name}.`);
    return selection;
  }

  return {
    operationId: route.operationId,
    access: { scopes: route.scopes },
    async serve(request) {
      const caller = callerOf(request);
      const query = readParameters(route, request);
      // What a custom route shows may depend on what the caller may see.
      return readAnswer(
        serving,
        request,
        async () => {
          const answer = await route.run({
            path: request.params,
            query,
            scopes: caller.scopes,
            shown,
            ask: (text, variables) => ask(serving, documentOf(text), variables, caller),
          });
          const data = JSON.stringify(answer);
          return { data, rest: '', etag: contentTag(data) };
        },
        { variant: ` ${[...caller.scopes].sort()}`, changing: route.changing },
      );
    },
  };
}

function compileShowing({ resource, fields, expand }: Showing): CompiledSelection {
  return compileSelection(resource, parseSelection(resource, fields, expand));
}

function readParameters(route: CustomRoute, { query }: RestRequest): Readonly<Record<string, unknown>> {
  const given = parseQueryString(query, Object.keys(route.parameters));
  const values: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(route.parameters)) {
    const text = given.get(name);
    if (text === undefined) {
      if (parameter.required === true) problems[name] = 'It is required.';
      continue;
    }
    const parsed = parameter.parse(text);
    if ('problem' in parsed) problems[name] = parsed.problem;
    else values[name] = parsed.value;
  }
  if (Object.keys(problems).length > 0) throw invalid(problems);
  return values;
}
