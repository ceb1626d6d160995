import { SegmentedControl } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { MODES, type Mode, useAccount } from '../shared/use-account.ts';

const LABELS: Readonly<Record<Mode, string>> = { live: 'Live', test: 'Test' };

/** Live and test are two worlds: every page shows one of them. */
export function ModeSwitch() {
  const { mode } = useAccount();
  const navigate = useNavigate();
  return (
    <SegmentedControl
      size="xs"
      color={mode === 'test' ? 'orange.8' : undefined}
      aria-label="Mode"
      data={MODES.map((value) => ({ value, label: LABELS[value] }))}
      value={mode}
      onChange={(value) => void navigate({ to: '.', search: (before) => ({ ...before, mode: value as Mode }) })}
    />
  );
}
