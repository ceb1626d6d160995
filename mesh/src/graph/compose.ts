import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

/** Composes subgraph schemas, by name, into the supergraph's SDL. Throws with every contradiction between them. */
export function composeSupergraph(schemas: Readonly<Record<string, string>>): string {
  const result = composeServices(
    // Addresses are configuration, not schema: these stand for "ask whoever runs it".
    Object.entries(schemas).map(([name, sdl]) => ({ name, typeDefs: parse(sdl), url: `http://${name}.subgraph.internal/graphql` })),
  );
  if (result.supergraphSdl === undefined) {
    throw new Error(`The subgraphs do not compose:\n${result.errors?.map((error) => `  ${error.message}`).join('\n')}`);
  }
  return `# Composed from the subgraphs' schema.graphql by \`npm run generate\`. Do not edit.\n${result.supergraphSdl.trimEnd()}\n`;
}
