/** Sorts what was made last to the front. Ids are made in the order of time. */
export function newestFirst(one: { id: string; createdAt: Date }, other: { id: string; createdAt: Date }): number {
  return other.createdAt.getTime() - one.createdAt.getTime() || (one.id < other.id ? 1 : -1);
}
