export { percentile, printCounts } from '@portico/service-kit/testing-counts';

/** Sizes: for CI, or with FAULTS=full the large ones. */
export const FULL: boolean = process.env.FAULTS === 'full';
