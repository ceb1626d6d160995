import { Alert, Button, Code, Group, List, Text } from '@mantine/core';
import { fieldTexts, type Refusal } from '../data/refusal.ts';

/** `shownFields`: those whose texts stand beside them already. */
export function RefusalAlert({
  refusal,
  shownFields = [],
  retry,
}: {
  refusal: Refusal | undefined;
  shownFields?: readonly string[];
  retry?: () => void;
}) {
  // The region is there before its text, so that a screen reader reads out what comes.
  return <div role="alert">{refusal !== undefined && <Told refusal={refusal} shownFields={shownFields} retry={retry} />}</div>;
}

function Told({ refusal, shownFields, retry }: { refusal: Refusal; shownFields: readonly string[]; retry: (() => void) | undefined }) {
  const { code, message, requestId, retryAfterSeconds } = refusal;
  const texts = Object.entries(fieldTexts(refusal)).filter(([field]) => !shownFields.includes(field));
  return (
    <Alert color="red" variant="light" title={message} role="presentation">
      {texts.length > 0 && (
        <List size="sm" mb="xs">
          {texts.map(([field, text]) => (
            <List.Item key={field}>
              <Code>{field}</Code> {text}
            </List.Item>
          ))}
        </List>
      )}
      {retryAfterSeconds !== undefined && <Text size="sm">Try again in {retryAfterSeconds} seconds.</Text>}
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          {code}
          {requestId !== undefined && ` · request ${requestId}`}
        </Text>
        {retry !== undefined && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  );
}
