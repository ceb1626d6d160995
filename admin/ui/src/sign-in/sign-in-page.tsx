import { Stack } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useApp } from '../app-root.tsx';
import { pathWithin } from '../data/open-app.ts';
import { PageLink } from '../show/page-link.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { SignInFrame } from './sign-in-frame.tsx';

/** `next`: where somebody wanted to go. */
export function SignInPage({ next, email }: { next?: string | undefined; email?: string | undefined }) {
  const { base, signsUp } = useApp();
  const { history } = useRouter();
  return (
    <SignInFrame title="Sign in" below={signsUp && <PageLink to="/sign-up">Make a sign-in</PageLink>}>
      <Stack>
        <SignInForm email={email} done={() => history.push(pathWithin(base, next))} />
        <PageLink to="/forgot-password" size="sm">
          Forgot your password?
        </PageLink>
      </Stack>
    </SignInFrame>
  );
}
