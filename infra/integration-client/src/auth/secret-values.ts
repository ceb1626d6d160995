// The shapes of the secrets that each kind of authentication needs. A refusal names the secret and the field, never a value.
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import type { Secret } from '../secrets.ts';
import { CredentialFailure } from './credential-failure.ts';

// Visible ASCII: anything else cannot stand in a header, and a line break would begin another one.
const headerText = z.string().regex(/^[\x21-\x7e]+$/, 'must be visible ASCII without spaces');

export const plainValue = z.object({ value: headerText });
export const signingKey = z
  .object({ value: z.string().optional(), privateKey: z.string().optional(), keyId: z.string().optional() })
  .transform(({ value, privateKey, keyId }, context) => {
    const pem = privateKey ?? value;
    if (pem !== undefined) return { privateKey: pem, keyId };
    context.addIssue({ code: 'custom', path: ['privateKey'], message: 'is missing' });
    return z.NEVER;
  });
export const certificate = z.object({ cert: z.string().min(1), key: z.string().min(1), ca: z.string().min(1).optional() });
export const clientSecret = z.object({ clientId: z.string().min(1), clientSecret: z.string().min(1) });
export const clientKey = z.object({ clientId: z.string().min(1), privateKey: z.string().min(1), keyId: z.string().optional() });
export const clientCertificate = certificate.extend({ clientId: z.string().min(1) });

/** The values of a secret in the shape asked for. Throws CredentialFailure (`unusable`). */
export function readValues<Schema extends z.ZodType>(schema: Schema, secret: Secret, name: string): z.output<Schema> {
  const parsed = schema.safeParse(secret.values);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))].join(', ');
  throw new CredentialFailure('unusable', `The secret "${name}" is missing or malformed in: ${fields}.`);
}

/** A pair that is half replaced: the key is not that of the certificate. Throws CredentialFailure (`unusable`). */
export function requirePair({ cert, key, ca }: z.output<typeof certificate>, name: string): void {
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return void createSecureContext({ cert, key, ca });
  } catch {
    throw new CredentialFailure('unusable', `The secret "${name}" holds a certificate or key that cannot be read.`);
  }
  throw new CredentialFailure('unusable', `The secret "${name}" holds a key that is not that of its certificate.`);
}

/** Differs for every two credentials, and tells nothing about them. */
export function fingerprintOf(secret: Secret, ...about: readonly (string | undefined)[]): string {
  return createHash('sha256')
    .update(JSON.stringify([about, Object.entries(secret.values).sort()]))
    .digest('base64url');
}
