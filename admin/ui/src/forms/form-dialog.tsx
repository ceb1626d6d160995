import { Button, Group, Modal, Stack } from '@mantine/core';
import type { FormEventHandler, ReactNode } from 'react';
import type { Refusal } from '../data/refusal.ts';
import { RefusalAlert } from '../show/refusal-alert.tsx';

type Given = {
  title: string;
  /** What the button says: the deed itself. */
  verb: string;
  isRunning: boolean;
  refusal: Refusal | undefined;
  /** Fields that show their texts themselves. */
  shownFields: readonly string[];
  onSubmit: FormEventHandler<HTMLFormElement>;
  close(): void;
  size?: 'md' | 'xl';
  children: ReactNode;
};

/** A form over the page. A click beside it closes nothing: it would take what was typed. */
export function FormDialog({ title, verb, isRunning, refusal, shownFields, onSubmit, close, size = 'md', children }: Given) {
  return (
    <Modal opened onClose={close} title={title} size={size} closeOnClickOutside={false}>
      <form onSubmit={onSubmit}>
        <Stack>
          {children}
          <RefusalAlert refusal={refusal} shownFields={shownFields} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={isRunning}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
