/**
 * Why a call could not be given credentials. Its text names the secret or the OAuth error code, never a value, and it has no cause: what
 * libraries throw holds requests and answers.
 * - `refused`: the authority said no. Nothing that is tried again soon changes that.
 * - `unreachable`: the authority did not answer, or with a 5xx or something that is no token.
 * - `unusable`: the secret is missing, or not of the shape that this kind of authentication needs.
 */
export class CredentialFailure extends Error {
  override readonly name = 'CredentialFailure';
  readonly kind: 'refused' | 'unreachable' | 'unusable';
  constructor(kind: CredentialFailure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
