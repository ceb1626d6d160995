import { Modal, Text } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useApp } from '../app-root.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Dialogs are at 200, what drops down at 300. */
const ABOVE_ALL = 500;

/** Over the page that was open, which keeps what was typed. Somebody else who signs in begins with a page of their own. */
export function SessionEnded({ email }: { email: string }) {
  const { auth, watch, queryClient } = useApp();
  const hasEnded = useSyncExternalStore(watch.subscribe, watch.hasEnded);
  const resume = async (): Promise<void> => {
    const session = await auth.session();
    if (session?.user.email !== email) return location.reload();
    watch.resumed();
    await queryClient.invalidateQueries();
  };
  return (
    <Modal
      opened={hasEnded}
      zIndex={ABOVE_ALL}
      onClose={() => {}}
      title="Your session has ended"
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
    >
      <Text size="sm" c="dimmed" mb="md">
        Sign in to go on. This page and what you typed stay as they are.
      </Text>
      <SignInForm email={email} done={resume} />
    </Modal>
  );
}
