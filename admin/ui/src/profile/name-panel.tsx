import { Button, Group, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useApp } from '../app-root.tsx';
import { useAction } from '../forms/use-action.tsx';
import { Panel } from '../layout/panel.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';

export function NamePanel({ name }: { name: string }) {
  const { auth } = useApp();
  const form = useForm({ initialValues: { name } });
  const change = useAction({
    form,
    work: (given: { name: string }) => auth.changeName(given.name),
    done: () => notifications.show({ message: 'Your name is changed.' }),
  });
  return (
    <Panel title="Name" about="Your team and our support see it.">
      <form onSubmit={form.onSubmit(change.run)}>
        <RefusalAlert refusal={change.refusal} shownFields={['name']} />
        <Group align="flex-start">
          <TextInput aria-label="Name" required autoComplete="name" flex={1} {...form.getInputProps('name')} />
          <Button type="submit" variant="default" loading={change.isRunning}>
            Save
          </Button>
        </Group>
      </form>
    </Panel>
  );
}
