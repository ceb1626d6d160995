import { Alert, Button, Checkbox, Group, Modal, Stack } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { CopyField } from './copy-field.tsx';

/** What is shown once and can never be read again. It stays until whoever reads it says that it is kept, and leaving the page asks first. */
export function SecretOnce({
  title,
  secrets,
  close,
}: {
  title: string;
  secrets: readonly { label: string; value: string }[];
  close(): void;
}) {
  const [isKept, setKept] = useState(false);
  useBlocker({ shouldBlockFn: () => !isKept, enableBeforeUnload: () => !isKept });
  return (
    <Modal opened onClose={() => {}} title={title} size="lg" withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false}>
      <Stack>
        <Alert color="yellow" variant="light">
          This is shown once. Copy it to where your secrets are kept; nobody, we included, can read it again.
        </Alert>
        {secrets.map(({ label, value }) => (
          <CopyField key={label} label={label} value={value} />
        ))}
        <Checkbox label="I have stored it in a safe place" checked={isKept} onChange={(event) => setKept(event.currentTarget.checked)} />
        <Group justify="flex-end">
          <Button disabled={!isKept} onClick={close}>
            Done
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
