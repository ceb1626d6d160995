// Secrets of the right shape for what providers declare, worth nothing: a test of a provider needs no credentials of its own.
import { generateKeyPairSync } from 'node:crypto';
import type { AuthDeclaration } from '../../auth/auth-declaration.ts';
import type { Provider } from '../../define-provider.ts';
import { fixedSecrets } from '../../secrets.ts';
import { makeCertificate } from '../make-certificate.ts';

type Values = Readonly<Record<string, string>>;

export type VirtualSecrets = ReturnType<typeof fixedSecrets> & {
  /** Gives every secret of a provider a new version. */
  rotate(provider: Provider): void;
};

export function createVirtualSecrets(providers: Iterable<Provider>): VirtualSecrets {
  let version = 1;
  const made = new Map<string, Values>();
  for (const { auth } of providers) for (const [name, values] of valuesFor(auth, version)) made.set(name, { ...made.get(name), ...values });
  const store = fixedSecrets(Object.fromEntries(made));
  return {
    ...store,
    rotate({ auth }) {
      version += 1;
      for (const [name, values] of valuesFor(auth, version)) store.replace(name, values);
    },
  };
}

function valuesFor(auth: AuthDeclaration | undefined, version: number): readonly (readonly [name: string, Values])[] {
  switch (auth?.kind) {
    case 'apiKey':
    case 'bearer':
      return [[auth.secret.name, { value: `key-${version}` }]];
    case 'signedJwt':
      return [[auth.key.name, { privateKey: privateKey(auth.algorithm), keyId: `key-${version}` }]];
    case 'mtls':
      return [[auth.certificate.name, makeCertificate(`client-${version}`)]];
    case 'oauth2':
      return [[auth.client.name, { clientId: 'client', ...clientValues(auth.authMethod, version) }]];
    default:
      return [];
  }
}

function clientValues(method: string | undefined, version: number): Values {
  if (method === 'tls') return makeCertificate(`client-${version}`);
  return method === 'private_key_jwt' ? { privateKey: privateKey('ES256') } : { clientSecret: `secret-${version}` };
}

function privateKey(algorithm: 'RS256' | 'ES256'): string {
  const pair =
    algorithm === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
