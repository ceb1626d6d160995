import { Badge, Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApp } from '../app-root.tsx';
import type { OpenSession } from '../data/auth.ts';
import { useAction } from '../forms/use-action.tsx';
import { Panel } from '../layout/panel.tsx';
import { DataTable } from '../show/data-table.tsx';
import { Loaded } from '../show/loaded.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';
import { Time } from '../show/time.tsx';

/** `ownToken`: of the session that this page is shown in. */
export function SessionsPanel({ ownToken }: { ownToken: string }) {
  const { auth } = useApp();
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: auth.sessions });
  const end = useAction({ work: auth.endSession });
  const endOthers = useAction({ work: auth.endOtherSessions });
  return (
    <Panel
      title="Sessions"
      about="Where you are signed in."
      actions={
        <Button variant="default" size="xs" loading={endOthers.isRunning} onClick={() => endOthers.run(undefined)}>
          End all others
        </Button>
      }
    >
      <RefusalAlert refusal={end.refusal ?? endOthers.refusal} />
      <Loaded query={sessions} lines={2}>
        {(rows) => (
          <DataTable<OpenSession>
            label="Sessions"
            rows={rows}
            keyOf={({ token }) => token}
            empty="There are no sessions."
            columns={[
              { header: 'Browser', cell: ({ userAgent }) => <Text size="sm">{browserOf(userAgent)}</Text> },
              { header: 'Address', cell: ({ ipAddress }) => ipAddress ?? '—' },
              { header: 'Since', cell: ({ createdAt }) => <Time at={createdAt} /> },
              {
                header: 'End',
                hiddenHeader: true,
                align: 'right',
                cell: ({ token }) =>
                  token === ownToken ? (
                    <Badge>This one</Badge>
                  ) : (
                    <Button size="compact-sm" variant="subtle" color="red" disabled={end.isRunning} onClick={() => end.run(token)}>
                      End
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}

const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(?:e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;
const SYSTEMS = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
] as const;

function browserOf(userAgent: string | null | undefined): string {
  const nameIn = (names: readonly (readonly [RegExp, string])[]) => names.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1];
  const [browser, system] = [nameIn(BROWSERS), nameIn(SYSTEMS)];
  if (browser === undefined) return 'Another program';
  return system === undefined ? browser : `${browser} on ${system}`;
}
