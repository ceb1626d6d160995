import { Button, Group } from '@mantine/core';

/** The end of a form that changes something: nothing can be saved, nor undone, before something was changed. */
export function SaveOrUndo({ form, isSaving }: { form: { isDirty(): boolean; reset(): void }; isSaving: boolean }) {
  return (
    <Group>
      <Button type="submit" loading={isSaving} disabled={!form.isDirty()}>
        Save
      </Button>
      {form.isDirty() && (
        <Button variant="default" onClick={form.reset}>
          Undo
        </Button>
      )}
    </Group>
  );
}
