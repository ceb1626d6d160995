// Credentials that end, are refused, or are replaced.
import { type About, demand, demandFailure, demandOk, demandSent, type FaultCase, type Trial } from './fault-case.ts';

const LONGER_THAN_FRESH_MS = 10_000;
const CALLERS = 5;

const isOauth = ({ provider }: About): boolean => provider.auth?.kind === 'oauth2';
const withoutAuth = ({ provider }: About): string | undefined =>
  (provider.auth?.kind ?? 'none') === 'none' ? 'it sends no credentials' : undefined;

/** What of a request says who asks. */
function credentialOf({ requests }: Trial, index: number): unknown[] {
  const request = requests.at(index);
  const own = request?.url.split('?')[1];
  return [
    request?.connections,
    own,
    ...Object.entries(request?.headers ?? {})
      .filter(([name]) => name !== 'x-correlation-id')
      .flat(),
  ];
}

const differ = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length !== other.length || one.some((part, index) => part !== other[index]);

export const CREDENTIAL_CASES: readonly FaultCase[] = [
  {
    name: '401 once',
    async run(trial) {
      trial.replies(trial.fine);
      demandOk(await trial.call());
      await trial.kit.clock.advance(LONGER_THAN_FRESH_MS);
      trial.replies(401, trial.fine);
      const ended = await trial.call();
      if (!isOauth(trial)) return demandFailure(ended, ['AUTHENTICATION_ERROR']);
      demandOk(ended);
      demandSent(trial, 3);
      demand(trial.kit.authority.asked === 2, `${trial.kit.authority.asked} tokens were asked for, not 2`);
    },
  },
  {
    name: '401 to everybody',
    async run(trial) {
      trial.replies(401);
      const ended = await Promise.all(Array.from({ length: CALLERS }, () => trial.call()));
      for (const end of ended) {
        demandFailure(end, ['AUTHENTICATION_ERROR']);
        demand(end.error.side === 'upstream', `the error says it is the ${end.error.side}’s doing`);
      }
      demand(trial.requests.length <= CALLERS * 2, `${trial.requests.length} requests were sent for ${CALLERS} calls`);
      demand(trial.kit.authority.asked <= 2, `${trial.kit.authority.asked} tokens were asked for`);
    },
  },
  {
    name: 'a token that has ended',
    cannotHappen: (about) => (isOauth(about) ? undefined : 'it has no tokens'),
    async run(trial) {
      trial.replies(trial.fine);
      demandOk(await trial.call());
      await trial.kit.clock.advance(trial.kit.authority.livesMs + 1);
      demandOk(await trial.call());
      demand(trial.kit.authority.asked === 2, `${trial.kit.authority.asked} tokens were asked for, not 2`);
      demand(differ(credentialOf(trial, 0), credentialOf(trial, -1)), 'the token that has ended was sent again');
    },
  },
  {
    name: 'no token to be had',
    cannotHappen: (about) => (isOauth(about) ? undefined : 'it has no tokens'),
    async run(trial) {
      trial.kit.authority.failing = 'refused';
      demandFailure(await trial.call(), ['AUTHENTICATION_ERROR']);
      demandSent(trial, 0);
    },
  },
  {
    name: 'a new key, secret or certificate',
    cannotHappen: withoutAuth,
    async run(trial) {
      trial.replies(trial.fine);
      demandOk(await trial.call());
      trial.rotateSecrets();
      // A token is replaced behind the first call after the change.
      for (let call = 0; call < 2; call += 1) {
        demandOk(await trial.call());
        await trial.kit.clock.advance(1);
      }
      demand(differ(credentialOf(trial, 0), credentialOf(trial, -1)), 'the old credentials are still sent');
    },
  },
];
