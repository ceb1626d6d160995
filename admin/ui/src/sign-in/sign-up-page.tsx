import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useApp } from '../app-root.tsx';
import { useAction } from '../forms/use-action.tsx';
import { PageLink } from '../show/page-link.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';
import { SignInFrame } from './sign-in-frame.tsx';

const FIELDS = ['name', 'email', 'password'];

/** `email`: of whoever was invited. */
export function SignUpPage({ email = '', about }: { email?: string | undefined; about?: string }) {
  const { auth } = useApp();
  const [writtenTo, setWrittenTo] = useState<string>();
  const form = useForm({ initialValues: { name: '', email, password: '' } });
  const signUp = useAction({ form, work: auth.signUp, done: (_, given) => setWrittenTo(given.email) });
  if (writtenTo !== undefined) return <LetterIsOnItsWay to={writtenTo} />;
  return (
    <SignInFrame title="Make a sign-in" about={about} below={<PageLink to="/sign-in">I have one already</PageLink>}>
      <form onSubmit={form.onSubmit(signUp.run)}>
        <Stack>
          <RefusalAlert refusal={signUp.refusal} shownFields={FIELDS} />
          <TextInput label="Your name" required autoComplete="name" autoFocus {...form.getInputProps('name')} />
          <TextInput label="E-mail address" type="email" required autoComplete="username" {...form.getInputProps('email')} />
          <PasswordInput
            label="Password"
            description="At least 12 characters. A few words are easier to keep in mind than symbols."
            required
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={signUp.isRunning}>
            Sign up
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  );
}

function LetterIsOnItsWay({ to }: { to: string }) {
  const { auth } = useApp();
  const again = useAction({ work: () => auth.sendConfirmation(to) });
  return (
    <SignInFrame title="Look into your mail" below={<PageLink to="/sign-in">To the sign-in</PageLink>}>
      <Text role="status">
        We have written to <strong>{to}</strong>. Open the link in that letter within an hour to confirm that the address is yours.
      </Text>
      <RefusalAlert refusal={again.refusal} />
      <Button variant="default" loading={again.isRunning} onClick={() => again.run(undefined)}>
        Send it again
      </Button>
    </SignInFrame>
  );
}
