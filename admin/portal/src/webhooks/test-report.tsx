import { Alert, Modal, Stack, Text } from '@mantine/core';
import { formatDuration } from '@portico/ui/data/format';
import { Exchange } from '../shared/exchange.tsx';

export type TestResult = Parameters<typeof Exchange>[0] & { delivered: boolean; timings: { totalMs: number } };

export function TestReport({ result, close }: { result: TestResult; close(): void }) {
  const { delivered, timings } = result;
  return (
    <Modal opened onClose={close} title="A test was sent" size="xl">
      <Stack>
        <Alert color={delivered ? 'green' : 'red'} variant="light" title={delivered ? 'It was delivered.' : 'It was not delivered.'}>
          <Text size="sm">It took {formatDuration(timings.totalMs)}.</Text>
        </Alert>
        <Exchange {...result} />
      </Stack>
    </Modal>
  );
}
