import { Alert, Button, Code, Group, List, Text } from '@mantine/core';
import { fieldTexts, type Refusal } from '../data/refusal.ts';

type Props = { refusal: Refusal | undefined; shownFields?: readonly string[]; retry?: () => void };

/** `shownFields`: those whose texts stand beside them already. Screen readers read it out when it comes. */
export function RefusalAlert({ refusal, shownFields = [], retry }: Props) {
  if (refusal === undefined) return null;
  const { code, message, requestId, retryAfterSeconds } = refusal;
  const texts = Object.entries(fieldTexts(refusal)).filter(([field]) => !shownFields.includes(field));
  return (
    <Alert color="red" variant="light" title={message}>
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
