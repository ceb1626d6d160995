// `npm run generate`: rewrites the committed files that are made from sources. A test fails while one of them is stale.
import { writeFileSync } from 'node:fs';
import { v1 } from './contracts/v1/version.ts';
import { openapiFile, openapiText } from './docs/openapi.ts';
import { sdkFile, sdkSource } from './docs/sdk/sdk-source.ts';
import { composeSupergraph } from './graph/compose.ts';
import { readSubgraphSchemas, supergraphFile } from './graph/subgraph-schemas.ts';

writeFileSync(supergraphFile, composeSupergraph(readSubgraphSchemas()));
writeFileSync(openapiFile, openapiText(v1));
writeFileSync(sdkFile, sdkSource(v1));
