// Sign-in as the server offers it under `<prefix>/auth`. Sessions are cookies, which scripts do not see.
import { Refusal, refusalOf } from './refusal.ts';

export type Session = { user: { id: string; email: string; name: string; twoFactorEnabled?: boolean | null }; session: { token: string } };
export type OpenSession = { token: string; createdAt: string; expiresAt: string; ipAddress?: string | null; userAgent?: string | null };
export type SecondFactor = { totpURI: string; backupCodes: string[] };
/** A second factor is asked for before the session opens. */
type SignedIn = { twoFactorRedirect?: boolean };

export type Auth = ReturnType<typeof createAuth>;

/** `api`: the prefix of the side's procedures and sign-in. */
export function createAuth(api: string) {
  const ask = <Answer>(path: string, init?: RequestInit) => send<Answer>(`${api}/auth${path}`, init);
  const post = <Answer = unknown>(path: string, body: object = {}) =>
    ask<Answer>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return {
    /** Null when nobody is signed in. */
    session: () => ask<Session | null>('/get-session'),
    signIn: (email: string, password: string) => post<SignedIn>('/sign-in/email', { email, password }),
    verifyCode: (code: string) => post('/two-factor/verify-totp', { code }),
    verifyBackupCode: (code: string) => post('/two-factor/verify-backup-code', { code }),
    signUp: (given: { name: string; email: string; password: string }) => post('/sign-up/email', given),
    signOut: () => post('/sign-out'),
    confirmAddress: (token: string) => ask(`/verify-email?token=${encodeURIComponent(token)}`),
    sendConfirmation: (email: string) => post('/send-verification-email', { email }),
    askForPassword: (email: string) => post('/request-password-reset', { email }),
    resetPassword: (token: string, newPassword: string) => post('/reset-password', { token, newPassword }),
    changePassword: (currentPassword: string, newPassword: string) => post('/change-password', { currentPassword, newPassword }),
    changeName: (name: string) => post('/update-user', { name }),
    enableSecondFactor: (password: string) => post<SecondFactor>('/two-factor/enable', { password }),
    disableSecondFactor: (password: string) => post('/two-factor/disable', { password }),
    newBackupCodes: (password: string) => post<{ backupCodes: string[] }>('/two-factor/generate-backup-codes', { password }),
    sessions: () => ask<OpenSession[]>('/list-sessions'),
    endSession: (token: string) => post('/revoke-session', { token }),
    endOtherSessions: () => post('/revoke-other-sessions'),
  };
}

type Refused = { error: { code: string; message: string; details?: Record<string, unknown>; requestId?: string } };

async function send<Answer>(url: string, init: RequestInit = {}): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error' });
    const answer: unknown = await response.json();
    if (response.ok) return answer as Answer;
    const retryAfterSeconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    const wait = Number.isFinite(retryAfterSeconds) ? { retryAfterSeconds } : {};
    throw new Refusal({ ...(answer as Refused).error, ...wait, ofProcedure: false });
  } catch (error) {
    throw refusalOf(error);
  }
}
