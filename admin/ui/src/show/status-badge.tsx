import { Badge } from '@mantine/core';

const COLORS: Readonly<Record<string, string>> = {
  active: 'green',
  succeeded: 'green',
  completed: 'green',
  answered: 'green',
  live: 'green',
  pending: 'blue',
  running: 'blue',
  open: 'blue',
  test: 'orange',
  paused: 'yellow',
  invited: 'yellow',
  expired: 'orange',
  dead: 'red',
  disabled: 'red',
  revoked: 'red',
};

/** A state by its name; the colour says nothing that the name does not. */
export function StatusBadge({ status }: { status: string }) {
  return <Badge color={COLORS[status] ?? 'gray'}>{status.replaceAll('_', ' ')}</Badge>;
}
