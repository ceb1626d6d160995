/** Names of the graph, as this version of the contract calls them in error details. */
export const detailNames: Readonly<Record<string, string>> = {
  'page.number': 'page',
  'page.size': 'perPage',
  postalCode: 'zip',
};
