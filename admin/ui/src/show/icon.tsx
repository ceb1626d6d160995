/** Line drawings on a grid of 24. */
const PATHS = {
  overview: 'M4 19V10M10 19V5M16 19v-7M21 19H3',
  key: 'M14 10a4 4 0 1 0-2.8 3.8L13 15h2v2h2v2h3v-3l-6.2-6.2',
  client: 'M9 7V3M15 7V3M6 7h12v4a6 6 0 0 1-12 0zM12 17v4',
  webhook: 'M4 12h9M10 8l4 4-4 4M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4',
  log: 'M4 6h16M4 12h16M4 18h10',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20a6 6 0 0 1 12 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5a6 6 0 0 1 3 5.5',
  changes: 'M12 7v5l3 2M3.5 12a8.5 8.5 0 1 0 2.5-6L3 8.5M3 4v4.5h4.5',
  support: 'M4 5h16v11H9l-5 4z',
  documents: 'M6 3h9l4 4v14H6zM14 3v5h5M9 13h6M9 17h6',
  account: 'M4 20V6l8-3 8 3v14M9 20v-5h6v5M9 10h.01M15 10h.01',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0',
  shield: 'M12 3l8 3v6c0 5-3.5 8-8 9-4.500-1-8-4-8-9V6z',
  tiers: 'M12 3l9 5-9 5-9-5zM3 13l9 5 9-5',
  plus: 'M12 5v14M5 12h14',
} as const;

export type IconName = keyof typeof PATHS;

/** Beside a text that says the same: hidden from those who hear the page. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
