import { Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { refusalOf } from '../data/refusal.ts';
import { RefusalAlert } from './refusal-alert.tsx';

type Asked<Data> = { data: Data | undefined; error: unknown; refetch(): unknown };

/** What was asked for, when it is there; until then its outline, or why it is not. What was there before a failure stays. */
export function Loaded<Data>({ query, lines = 4, children }: { query: Asked<Data>; lines?: number; children: (data: Data) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.error != null) return <RefusalAlert refusal={refusalOf(query.error)} retry={() => void query.refetch()} />;
  return (
    <Stack gap="sm" aria-busy="true" aria-label="Loading" role="status">
      {Array.from({ length: lines }, (_, line) => `line ${line}`).map((line) => (
        <Skeleton key={line} height={22} />
      ))}
    </Stack>
  );
}
