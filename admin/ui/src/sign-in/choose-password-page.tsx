import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useApp } from '../app-root.tsx';
import { useAction } from '../forms/use-action.tsx';
import { PageLink } from '../show/page-link.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';
import { SignInFrame } from './sign-in-frame.tsx';

/** Where the link of a letter leads. */
export function ChoosePasswordPage({ token }: { token: string }) {
  const { auth } = useApp();
  const [isChosen, setChosen] = useState(false);
  const form = useForm({ initialValues: { newPassword: '' } });
  const choose = useAction({
    form,
    work: ({ newPassword }: { newPassword: string }) => auth.resetPassword(token, newPassword),
    done: () => setChosen(true),
  });
  if (isChosen)
    return (
      <SignInFrame title="Your password is changed">
        <Text role="status">All sessions have ended. Sign in with the new password.</Text>
        <Button component={Link} to="/sign-in">
          Sign in
        </Button>
      </SignInFrame>
    );
  return (
    <SignInFrame title="Choose a new password" below={<PageLink to="/forgot-password">Ask for another link</PageLink>}>
      <form onSubmit={form.onSubmit(choose.run)}>
        <Stack>
          <RefusalAlert refusal={choose.refusal} shownFields={['newPassword']} />
          <PasswordInput
            label="New password"
            description="At least 12 characters."
            required
            autoFocus
            autoComplete="new-password"
            {...form.getInputProps('newPassword')}
          />
          <Button type="submit" loading={choose.isRunning}>
            Use this password
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  );
}
