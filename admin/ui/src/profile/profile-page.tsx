import { Stack } from '@mantine/core';
import { useSession } from '../data/use-session.ts';
import { Page } from '../layout/page.tsx';
import { NamePanel } from './name-panel.tsx';
import { PasswordPanel } from './password-panel.tsx';
import { SecondFactorPanel } from './second-factor-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';

export function ProfilePage() {
  const { user, session } = useSession();
  return (
    <Page title="Profile and security" about={user.email}>
      <Stack gap="lg" maw={720}>
        <NamePanel name={user.name} />
        <PasswordPanel email={user.email} />
        <SecondFactorPanel isOn={user.twoFactorEnabled === true} />
        <SessionsPanel ownToken={session.token} />
      </Stack>
    </Page>
  );
}
