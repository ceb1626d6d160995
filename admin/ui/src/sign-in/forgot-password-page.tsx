import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useApp } from '../app-root.tsx';
import { useAction } from '../forms/use-action.tsx';
import { PageLink } from '../show/page-link.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';
import { SignInFrame } from './sign-in-frame.tsx';

export function ForgotPasswordPage() {
  const { auth } = useApp();
  const [isAsked, setAsked] = useState(false);
  const form = useForm({ initialValues: { email: '' } });
  const ask = useAction({ form, work: ({ email }: { email: string }) => auth.askForPassword(email), done: () => setAsked(true) });
  return (
    <SignInFrame title="Choose a new password" below={<PageLink to="/sign-in">Back to the sign-in</PageLink>}>
      {isAsked ? (
        <Text role="status">
          If there is a sign-in with this address, a letter with a link is on its way. The link is good for an hour, once.
        </Text>
      ) : (
        <form onSubmit={form.onSubmit(ask.run)}>
          <Stack>
            <RefusalAlert refusal={ask.refusal} shownFields={['email']} />
            <TextInput label="E-mail address" type="email" required autoComplete="username" autoFocus {...form.getInputProps('email')} />
            <Button type="submit" loading={ask.isRunning}>
              Send me a link
            </Button>
          </Stack>
        </form>
      )}
    </SignInFrame>
  );
}
