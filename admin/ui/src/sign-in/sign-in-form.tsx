import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useApp } from '../app-root.tsx';
import { useAction } from '../forms/use-action.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';
import { SecondFactorForm } from './second-factor-form.tsx';

/** E-mail and password, then the second factor of whoever has one. */
export function SignInForm({ email = '', done }: { email?: string; done(): unknown }) {
  const { auth } = useApp();
  const [asksForCode, setAsksForCode] = useState(false);
  const form = useForm({ initialValues: { email, password: '' } });
  const signIn = useAction({
    form,
    work: (given: { email: string; password: string }) => auth.signIn(given.email, given.password),
    done: ({ twoFactorRedirect }) => (twoFactorRedirect === true ? setAsksForCode(true) : done()),
  });
  if (asksForCode) return <SecondFactorForm done={done} restart={() => setAsksForCode(false)} />;
  return (
    <form onSubmit={form.onSubmit(signIn.run)}>
      <Stack>
        <RefusalAlert refusal={signIn.refusal} shownFields={['email']} />
        <TextInput
          label="E-mail address"
          type="email"
          required
          autoComplete="username"
          autoFocus={email === ''}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          required
          autoComplete="current-password"
          autoFocus={email !== ''}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={signIn.isRunning}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
