/** The two worlds of an account. Beside the caller, and not of it: pages know modes, and check no callers. */
export const MODES = ['live', 'test'] as const;
export type Mode = (typeof MODES)[number];
