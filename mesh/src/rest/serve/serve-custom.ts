import { invalid } from '@portico/contracts/errors';
import { type DocumentNode, parse, validate } from 'graphql';
import { contentTag } from '../answer/entity-tag.ts';
import type { CustomRoute } from '../declare/route.ts';
import { parseQueryString } from '../query/query-string.ts';
import { callerOf, type Endpoint, type RestRequest } from '../rest-request.ts';
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
          const shown = await route.run({
            path: request.params,
            query,
            scopes: caller.scopes,
            ask: (text, variables) => ask(serving, documentOf(text), variables, caller),
          });
          const data = JSON.stringify(shown);
          return { data, rest: '', etag: contentTag(data) };
        },
        { variant: ` ${[...caller.scopes].sort()}`, changing: route.changing },
      );
    },
  };
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
