// Mesh handler for our composed graph: one source, the supergraph, whose subgraphs are reached by executors given at run time.
// Mesh's own GraphQL handler reads one subgraph at a time and loses what Federation 2 spreads over several.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { MeshHandler, MeshHandlerOptions, MeshSource } from '@graphql-mesh/types';
import { getStitchedSchemaFromSupergraphSdl } from '@graphql-tools/federation';
import type { Executor } from '@graphql-tools/utils';

/** `handler: { porticoGraph: { source: ./supergraph.graphql } }` in the Mesh configuration. */
export type PorticoGraphConfig = { source: string };

export type SubgraphExecutors = Readonly<Record<string, Executor>>;

export default class PorticoGraphHandler implements MeshHandler {
  readonly #file: string;
  #executors: SubgraphExecutors | undefined;

  constructor({ config, baseDir }: Pick<MeshHandlerOptions<PorticoGraphConfig>, 'config' | 'baseDir'>) {
    this.#file = resolve(baseDir, config.source);
  }

  /** Says how each subgraph is reached, by its name. Before the Mesh is made of this handler. */
  reach(executors: SubgraphExecutors): void {
    this.#executors = executors;
  }

  async getMeshSource(): Promise<MeshSource> {
    const executors = this.#executors;
    if (executors === undefined) throw new Error('The graph handler was not told how to reach the subgraphs.');
    const supergraphSdl = await readFile(this.#file, 'utf8');
    const schema = getStitchedSchemaFromSupergraphSdl({
      supergraphSdl,
      batch: true,
      onSubschemaConfig(subschema) {
        // The supergraph names subgraphs by enum values, which are upper case.
        const executor = executors[subschema.name.toLowerCase()];
        if (executor === undefined) throw new Error(`There is no executor for the subgraph ${subschema.name}.`);
        subschema.executor = executor;
      },
    });
    return { schema };
  }
}
