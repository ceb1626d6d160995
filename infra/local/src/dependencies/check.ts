/** What asking a dependency found. Texts have no credentials in them. */
export type Check = { ok: true; detail: string } | { ok: false; problem: string };

/** A URL to show: without user and password. */
export function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  // Parameters can hold passwords too.
  shown.search = '';
  return shown.href;
}
