// Personal data is encrypted, so SQL cannot look into it. What may be found is indexed blind: a keyed hash of each word and of the
// e-mail address, in the tenant's own scope. Equal words give equal tokens; nothing else can be learned from them.
import type { Tenant } from '@portico/contracts/caller';

export type BlindIndex = (scope: string, text: string) => string;

/** E-mail addresses compare without regard to case, everywhere. */
function normalizeEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

export function emailIndex(blindIndex: BlindIndex, tenant: Tenant, email: string): string {
  return blindIndex(`${tenant.accountId}:${tenant.mode}:customers.email`, normalizeEmail(email));
}

/** Tokens of everything in the text that can be searched for: an e-mail address as a whole, and words. */
export function searchTokens(blindIndex: BlindIndex, tenant: Tenant, text: string): string[] {
  const terms = text.split(/\s+/).flatMap((part) =>
    part.includes('@')
      ? [normalizeEmail(part)]
      : (part
          .normalize('NFKD')
          .toLowerCase()
          .replace(/\p{M}/gu, '')
          .match(/[\p{L}\p{N}]+/gu) ?? []),
  );
  return [...new Set(terms)].map((term) => blindIndex(`${tenant.accountId}:${tenant.mode}:customers.search`, term));
}
