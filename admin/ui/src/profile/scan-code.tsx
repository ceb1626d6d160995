import { Box, Button, Center, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { QRCodeSVG } from 'qrcode.react';
import { useApp } from '../app-root.tsx';
import { CopyField } from '../forms/copy-field.tsx';
import { useAction } from '../forms/use-action.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';

/** The second factor holds only once a code of it was typed: whoever could not scan is not locked out. */
export function ScanCode({ uri, close, done }: { uri: string; close(): void; done(): void }) {
  const { auth } = useApp();
  const form = useForm({ initialValues: { code: '' } });
  const verify = useAction({ form, work: ({ code }: { code: string }) => auth.verifyCode(code.replace(/\s/g, '')), done });
  return (
    <Modal opened onClose={close} title="Scan this with your authenticator app" closeOnClickOutside={false}>
      <form onSubmit={form.onSubmit(verify.run)}>
        <Stack>
          <Center>
            <Box bg="white" p="md" lh={0}>
              <QRCodeSVG value={uri} size={190} title="QR code of the second factor" />
            </Box>
          </Center>
          <Text size="sm" c="dimmed">
            If you cannot scan it, type this secret into the app.
          </Text>
          <CopyField label="Secret" value={new URL(uri).searchParams.get('secret') ?? ''} />
          <RefusalAlert refusal={verify.refusal} shownFields={['code']} />
          <TextInput
            label="Code that the app shows now"
            required
            inputMode="numeric"
            autoComplete="one-time-code"
            data-autofocus
            {...form.getInputProps('code')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={verify.isRunning}>
              Switch on
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
