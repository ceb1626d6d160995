// Runs after every request of the collection: the id of what was created takes the place of the example that has its prefix.
const created = pm.response.code === 201 ? pm.response.json().data.id : undefined;
const prefix = created?.match(/^[a-z]+_/)?.[0];
for (const [name, value] of Object.entries(pm.collectionVariables.toObject()))
  if (prefix !== undefined && String(value).startsWith(prefix)) pm.collectionVariables.set(name, created);
