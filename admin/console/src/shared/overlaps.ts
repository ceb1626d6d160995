const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long an old secret goes on beside a new one. */
export const OVERLAPS = [
  { value: String(HOUR_MS), label: 'an hour' },
  { value: String(DAY_MS), label: 'a day' },
  { value: String(7 * DAY_MS), label: 'a week' },
  { value: String(30 * DAY_MS), label: '30 days' },
] as const;
