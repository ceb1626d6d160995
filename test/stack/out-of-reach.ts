/** Limits of a key that no test and no benchmark comes to by accident. */
export const OUT_OF_REACH = {
  quota: { limit: 100_000_000, windowSeconds: 3_600 },
  burst: { limit: 100_000_000, windowSeconds: 60 },
} as const;

/** All tests come from one address. */
export const FAILED_AUTHENTICATIONS_PER_MINUTE = '1000000';
