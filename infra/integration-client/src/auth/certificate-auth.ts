import type { MtlsAuth } from './auth-declaration.ts';
import type { Authorizer, AuthorizerDependencies } from './authorizer.ts';
import { openCertificateAgents } from './certificate-agents.ts';
import { openSecretAuth } from './secret-auth.ts';
import { certificate, readValues, requirePair } from './secret-values.ts';

/** Mutual TLS: the certificate is the credential, no header is sent. */
export function openCertificateAuth(auth: MtlsAuth, deps: AuthorizerDependencies): Authorizer {
  const { name } = auth.certificate;
  const agents = openCertificateAgents();
  return openSecretAuth(
    {
      reference: auth.certificate,
      check: (secret) => requirePair(readValues(certificate, secret, name), name),
      make: (secret) => ({
        authorization: { headers: {}, dispatcher: agents.of(secret.version, readValues(certificate, secret, name)) },
      }),
      about: [auth.kind],
      close: async () => agents[Symbol.asyncDispose](),
    },
    deps,
  );
}
