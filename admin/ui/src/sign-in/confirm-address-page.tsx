import { Button, Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useApp } from '../app-root.tsx';
import { refusalOf } from '../data/refusal.ts';
import { PageLink } from '../show/page-link.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';
import { SignInFrame } from './sign-in-frame.tsx';

/** Where the link of a letter leads. It is used here and not by the link itself: what only looks at links, as scanners of mail do, confirms nothing. */
export function ConfirmAddressPage({ token }: { token: string }) {
  const { auth } = useApp();
  const { isSuccess, error, refetch } = useQuery({
    queryKey: ['confirm', token],
    queryFn: () => auth.confirmAddress(token),
    staleTime: Infinity,
  });
  if (error !== null)
    return (
      <SignInFrame title="This link is no longer good" below={<PageLink to="/sign-in">To the sign-in</PageLink>}>
        <RefusalAlert refusal={refusalOf(error)} retry={() => void refetch()} />
        <Text size="sm">Sign in with your address and password: another letter is sent to you then.</Text>
      </SignInFrame>
    );
  return (
    <SignInFrame title={isSuccess ? 'Your address is confirmed' : 'One moment'}>
      <Text role="status">{isSuccess ? 'You can sign in now.' : 'Your address is being confirmed.'}</Text>
      {isSuccess ? (
        <Button component={Link} to="/sign-in">
          Sign in
        </Button>
      ) : (
        <Loader />
      )}
    </SignInFrame>
  );
}
