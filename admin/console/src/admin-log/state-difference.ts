// What a change made of a thing, field by field.

type State = Readonly<Record<string, unknown>>;

export type FieldDifference = { field: string; before: string | undefined; after: string | undefined; isChanged: boolean };

/** What changed comes first. A field that one of the two states has not is undefined there. */
export function stateDifference(before: State | null, after: State | null): FieldDifference[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const all = [...fields].map((field) => {
    const [was, is] = [shown(before?.[field]), shown(after?.[field])];
    return { field, before: was, after: is, isChanged: was !== is };
  });
  return [...all.filter(({ isChanged }) => isChanged), ...all.filter(({ isChanged }) => !isChanged)];
}

function shown(value: unknown): string | undefined {
  return typeof value === 'string' || value === undefined ? value : JSON.stringify(value);
}
