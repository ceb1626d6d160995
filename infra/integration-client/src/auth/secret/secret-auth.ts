// What API keys, signed tokens and certificates have in common: what is sent is made from a version of one secret, and made anew when the
// version in use changes or what was made is over.
import type { Secret, SecretReference } from '../../secrets.ts';
import type { Authorization, Authorizer, AuthorizerDependencies } from '../authorizer.ts';
import { openRotatingSecret } from './rotating-secret.ts';
import { fingerprintOf } from './secret-values.ts';

export type SecretAuthOptions = {
  reference: SecretReference;
  /** Throws CredentialFailure (`unusable`) when the secret is not of the right shape. */
  check(secret: Secret): void;
  make(secret: Secret): { authorization: Authorization; renewAt?: number };
  /** What besides the secret tells two credentials apart. */
  about: readonly (string | undefined)[];
  close?(): Promise<void>;
};

export function openSecretAuth(options: SecretAuthOptions, deps: AuthorizerDependencies): Authorizer {
  const { provider, now, logger, events } = deps;
  const rotating = openRotatingSecret({
    store: deps.secrets,
    reference: options.reference,
    now,
    logger,
    check: options.check,
    onVersion: ({ since }) => events?.secretInUse(provider, options.reference.name, since),
  });
  const versionOf = new WeakMap<Authorization, string>();
  let latest: { version: string; authorization: Authorization; renewAt?: number } | undefined;
  return {
    async authorize() {
      const reading = rotating.current();
      const current = reading instanceof Promise ? await reading : reading;
      if (latest?.version !== current.version || (latest.renewAt !== undefined && now() >= latest.renewAt)) {
        latest = { version: current.version, ...options.make(current) };
        versionOf.set(latest.authorization, current.version);
      }
      return latest.authorization;
    },
    async refused(_signal, used) {
      const version = used === undefined ? latest?.version : versionOf.get(used);
      return version !== undefined && rotating.refused(version);
    },
    fingerprint: async () => fingerprintOf(await rotating.current(), ...options.about),
    async [Symbol.asyncDispose]() {
      rotating[Symbol.dispose]();
      await options.close?.();
    },
  };
}
