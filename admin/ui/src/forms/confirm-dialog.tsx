import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Refusal } from '../data/refusal.ts';
import { RefusalAlert } from '../show/refusal-alert.tsx';

type Question = {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** What the button says: the deed itself, not "OK". */
  verb: string;
  isDangerous?: boolean;
  /** What has to be typed first, for what cannot be undone and hurts many. */
  typed?: string;
  isRunning: boolean;
  refusal: Refusal | undefined;
  confirm(): void;
  close(): void;
};

/** Shown while it is there: whoever asks puts it on the page, and takes it off again when it is answered. */
export function ConfirmDialog({ title, children, verb, isDangerous = true, typed, isRunning, refusal, confirm, close }: Question) {
  const [text, setText] = useState('');
  return (
    <Modal opened onClose={close} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          confirm();
        }}
      >
        <Stack>
          <Text component="div" size="sm">
            {children}
          </Text>
          {typed !== undefined && (
            <TextInput
              label={`Type ${typed} to go on`}
              value={text}
              autoComplete="off"
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          <RefusalAlert refusal={refusal} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus={typed === undefined ? true : undefined}>
              Cancel
            </Button>
            <Button
              type="submit"
              color={isDangerous ? 'red' : undefined}
              loading={isRunning}
              disabled={typed !== undefined && text !== typed}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
