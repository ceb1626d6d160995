import type { SubgraphUrls } from '../start-graph.ts';

/** Subgraphs in processes of their own, behind a gateway through which they ask each other. */
export type Fleet = { readonly databaseUrl: string; readonly internalSecret: string; readonly urls: SubgraphUrls };

/** The fleet that all shared stacks of a run use: the suite's global setup starts it when it is first asked for. Without the setup there is none. */
export async function sharedFleet(address: string | undefined = process.env.TEST_FLEET_URL): Promise<Fleet | undefined> {
  if (address === undefined) return undefined;
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The shared platform did not start: ${await answer.text()}`);
  return (await answer.json()) as Fleet;
}
