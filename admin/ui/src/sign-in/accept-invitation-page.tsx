import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApp } from '../app-root.tsx';
import { Loaded } from '../show/loaded.tsx';
import { PageLink } from '../show/page-link.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { SignInFrame } from './sign-in-frame.tsx';
import { SignUpPage } from './sign-up-page.tsx';

/** Where the link of an invitation leads. It is accepted by whoever proves that the address is theirs; the link itself grants nothing. */
export function AcceptInvitationPage({ email }: { email: string }) {
  const { auth, base } = useApp();
  const [signsUp, setSignsUp] = useState(false);
  const session = useQuery({ queryKey: ['session'], queryFn: auth.session });
  if (signsUp)
    return <SignUpPage email={email} about="You have been invited to an account: make a sign-in with this address to work on it." />;
  return (
    <SignInFrame title="You have been invited" about={email} below={<PageLink to="/sign-in">To the sign-in</PageLink>}>
      <Loaded query={session}>
        {(signedIn) =>
          signedIn === null ? (
            <Stack>
              <SignInForm email={email} done={() => location.assign(base)} />
              <Text size="sm" c="dimmed">
                You have no sign-in with this address yet?
              </Text>
              <Button variant="default" onClick={() => setSignsUp(true)}>
                Make a sign-in
              </Button>
            </Stack>
          ) : (
            <Stack>
              <Text>
                {signedIn.user.email === email
                  ? 'The account is among yours.'
                  : `You are signed in as ${signedIn.user.email}. Sign out first, then open this link again.`}
              </Text>
              <Button component="a" href={base}>
                To your accounts
              </Button>
            </Stack>
          )
        }
      </Loaded>
    </SignInFrame>
  );
}
