import { Badge, Code, Group, Stack, Text, Title } from '@mantine/core';
import { formatDuration } from '@portico/ui/data/format';
import { Time } from '@portico/ui/show/time';
import type { Delivery } from '../answers.ts';

type Attempt = Delivery['attempts'][number];

/** One request, and what came of it. */
export function AttemptInFull({ attempt: { number, outcome, startedAt, durationMs, request, response, error } }: { attempt: Attempt }) {
  return (
    <Stack component="article" gap="xs" mb="lg">
      <Group gap="sm">
        <Title order={3}>Attempt {number}</Title>
        <Badge color={outcome === 'succeeded' ? 'teal' : 'red'}>{outcome}</Badge>
        <Text size="sm" c="dimmed">
          <Time at={startedAt} precision="second" />, {formatDuration(durationMs)}
        </Text>
      </Group>
      {error !== null && (
        <Text size="sm">
          <Code>{error.code}</Code> {error.message}
        </Text>
      )}
      <Part title={`Request to ${request.url}`} headers={request.headers} body={request.body} />
      {response !== null && (
        <Part title={`Response ${response.status}${response.truncated ? ', cut' : ''}`} headers={response.headers} body={response.body} />
      )}
    </Stack>
  );
}

function Part({ title, headers, body }: { title: string; headers: Readonly<Record<string, string>>; body: string | null }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <details>
      <summary className="breaking">{title}</summary>
      <Code block className="whole">
        {[...lines, '', body ?? ''].join('\n')}
      </Code>
    </details>
  );
}
