import { Badge, Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useApp } from '../app-root.tsx';
import type { SecondFactor } from '../data/auth.ts';
import { SecretOnce } from '../forms/secret-once.tsx';
import { useAction } from '../forms/use-action.tsx';
import { Panel } from '../layout/panel.tsx';
import { RefusalAlert } from '../show/refusal-alert.tsx';
import { ScanCode } from './scan-code.tsx';

type Wish = 'enable' | 'disable' | 'codes';
const VERBS: Readonly<Record<Wish, string>> = { enable: 'Go on', disable: 'Switch it off', codes: 'Make new codes' };
const TITLES: Readonly<Record<Wish, string>> = {
  enable: 'Switch the second factor on',
  disable: 'Switch the second factor off',
  codes: 'Make new backup codes',
};

export function SecondFactorPanel({ isOn }: { isOn: boolean }) {
  const { queryClient } = useApp();
  const [wish, setWish] = useState<Wish>();
  const [scanned, setScanned] = useState<SecondFactor>();
  const [codes, setCodes] = useState<string[]>();
  const granted = (answer: Partial<SecondFactor>): void => {
    if (answer.totpURI !== undefined && answer.backupCodes !== undefined)
      setScanned({ totpURI: answer.totpURI, backupCodes: answer.backupCodes });
    else setCodes(answer.backupCodes);
    setWish(undefined);
  };
  return (
    <Panel
      title="Second factor"
      about="A code of an authenticator app, asked for after your password."
      actions={<Badge color={isOn ? 'green' : 'gray'}>{isOn ? 'On' : 'Off'}</Badge>}
    >
      <Group>
        {isOn ? (
          <>
            <Button variant="default" onClick={() => setWish('codes')}>
              New backup codes
            </Button>
            <Button variant="default" onClick={() => setWish('disable')}>
              Switch off
            </Button>
          </>
        ) : (
          <Button onClick={() => setWish('enable')}>Switch on</Button>
        )}
      </Group>
      {wish !== undefined && <AskForPassword wish={wish} granted={granted} close={() => setWish(undefined)} />}
      {scanned !== undefined && (
        <ScanCode
          uri={scanned.totpURI}
          close={() => setScanned(undefined)}
          done={() => {
            setCodes(scanned.backupCodes);
            setScanned(undefined);
            void queryClient.invalidateQueries();
          }}
        />
      )}
      {codes !== undefined && (
        <SecretOnce
          title="Backup codes, for when your authenticator app is lost"
          secrets={[{ label: 'Backup codes, each works once', value: codes.join('\n') }]}
          close={() => setCodes(undefined)}
        />
      )}
    </Panel>
  );
}

/** What guards the sign-in is changed by whoever knows the password, not by whoever finds an open session. */
function AskForPassword({ wish, granted, close }: { wish: Wish; granted(answer: Partial<SecondFactor>): void; close(): void }) {
  const { auth } = useApp();
  const form = useForm({ initialValues: { password: '' } });
  const ask = useAction({
    form,
    async work({ password }: { password: string }): Promise<Partial<SecondFactor>> {
      if (wish === 'enable') return auth.enableSecondFactor(password);
      if (wish === 'codes') return auth.newBackupCodes(password);
      await auth.disableSecondFactor(password);
      return {};
    },
    done: granted,
  });
  return (
    <Modal opened onClose={close} title={TITLES[wish]}>
      <form onSubmit={form.onSubmit(ask.run)}>
        <Stack>
          <RefusalAlert refusal={ask.refusal} shownFields={['password']} />
          <PasswordInput
            label="Your password"
            required
            data-autofocus
            autoComplete="current-password"
            {...form.getInputProps('password')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" color={wish === 'disable' ? 'red' : undefined} loading={ask.isRunning}>
              {VERBS[wish]}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
