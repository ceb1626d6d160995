// `npm run generate`: rewrites the committed files that are made from sources. A test fails while one of them is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { v1 } from './contracts/v1/version.ts';
import { VERSIONS } from './contracts/versions.ts';
import { breakingChanges } from './docs/breaking-changes.ts';
import { openapiDocument, openapiFile, openapiText } from './docs/openapi.ts';
import { sdkFile, sdkSource } from './docs/sdk/sdk-source.ts';
import { composeSupergraph } from './graph/compose.ts';
import { readSubgraphSchemas, supergraphFile } from './graph/subgraph-schemas.ts';

writeFileSync(supergraphFile, composeSupergraph(readSubgraphSchemas()));
for (const contract of VERSIONS) {
  const file = openapiFile(contract);
  const breaks = existsSync(file) ? breakingChanges(JSON.parse(readFileSync(file, 'utf8')), openapiDocument(contract)) : [];
  if (breaks.length > 0)
    throw new Error(`Version ${contract.version} is not to break (a change like this takes a new version):\n${breaks.join('\n')}`);
  writeFileSync(file, openapiText(contract));
}
writeFileSync(sdkFile, sdkSource(v1));
