import { Stack, Text, Title } from '@mantine/core';

type Request = { url: string; headers: Record<string, string>; body: string | null };
type Response = { status: number; headers: Record<string, string>; body: string; truncated: boolean };

/** What was sent to a receiver and what it answered, in full. */
export function Exchange({
  request,
  response,
  error,
}: {
  request: Request;
  response: Response | null;
  error: { code: string; message: string } | null;
}) {
  return (
    <Stack gap="xs">
      <Title order={3}>Request</Title>
      <Block label="Request">{`POST ${request.url}\n${lines(request.headers)}\n\n${pretty(request.body ?? '')}`}</Block>
      <Title order={3}>Answer</Title>
      {error !== null && (
        <Text size="sm" c="red">
          {error.code}: {error.message}
        </Text>
      )}
      {response !== null && (
        <Block label="Answer">{`${response.status}\n${lines(response.headers)}\n\n${response.body}${response.truncated ? '\n… the rest was not kept' : ''}`}</Block>
      )}
      {response === null && error === null && <Text size="sm">There was none.</Text>}
    </Stack>
  );
}

function Block({ label, children }: { label: string; children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section aria-label={label} tabIndex={0} className="pre">
      {children}
    </section>
  );
}

function lines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}
