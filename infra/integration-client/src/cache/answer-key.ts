import { hash } from 'node:crypto';

export type AnswerKeyParts = { provider: string; operation: string; params?: unknown; query?: unknown; credential: string };

export function answerKey({ provider, operation, params, query, credential }: AnswerKeyParts): string {
  return `${provider}:${operation}:${hash('sha256', JSON.stringify([credential, params, query]), 'base64url')}`;
}
