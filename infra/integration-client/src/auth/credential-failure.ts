export class CredentialFailure extends Error {
  override readonly name = 'CredentialFailure';
  readonly kind: 'refused' | 'unreachable' | 'unusable';
  constructor(kind: CredentialFailure['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
