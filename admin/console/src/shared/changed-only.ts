/** Of what a form has, what was changed in it: what somebody else changed meanwhile stays as they left it. */
export function changedOnly<Values extends object>(values: Values, isDirty: (name: string) => boolean): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => isDirty(name))) as Partial<Values>;
}
