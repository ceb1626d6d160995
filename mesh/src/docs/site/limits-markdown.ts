import { type RateLimit, TIERS } from '@portico/contracts/tiers';
import { DEFAULT_ROUTE_LIMIT } from '../../rest/declare/route.ts';
import type { ContractVersion } from '../../rest/declare/version.ts';

export function tiersMarkdown(): string {
  const rows = Object.entries(TIERS).map(([tier, { quota, burst }]) => `| ${tier} | ${inWords(quota)} | ${inWords(burst)} |`);
  return ['| tier | quota | burst |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The operations that have another limit than most. */
export function limitsMarkdown({ routes, prefix }: ContractVersion): string {
  const rows = routes.flatMap(({ method, path, limit }) =>
    limit === undefined || inWords(limit) === inWords(DEFAULT_ROUTE_LIMIT)
      ? []
      : [`| \`${method} ${prefix}${path}\` | ${inWords(limit)} |`],
  );
  return ['| operation | limit |', '| --- | --- |', ...rows].join('\n');
}

const WINDOWS: Readonly<Record<number, string>> = { 60: 'a minute', 3600: 'an hour' };

function inWords({ limit, windowSeconds }: RateLimit): string {
  return `${limit.toLocaleString('en')} ${WINDOWS[windowSeconds] ?? `in ${windowSeconds} seconds`}`;
}
