const WORD = /^[A-Za-z][A-Za-z-]{0,31}$|^[A-Z][A-Z_]{0,31}$/;

/** Why a try failed, if it is a word. It labels a metric and stands in logs: what could be text of a provider is `other`. */
export function failureWord(failure: string): string {
  return WORD.test(failure) ? failure : 'other';
}
