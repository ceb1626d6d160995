// A payment provider to develop and test against: a real HTTP server that behaves as such companies do, with money that does not exist.

import { startTask } from '@portico/service-kit/background-task';
import { listen } from '@portico/service-kit/http/http-listener';
import type { Logger } from '@portico/service-kit/logger';
import { createAccessTokens } from './api/access-tokens.ts';
import { answerRequests } from './api/answer-request.ts';
import { memoryJournal, openJournal } from './books/journal.ts';
import { type Charge, type Entry, openLedger } from './books/ledger.ts';
import { openCallbacks } from './callbacks/callbacks.ts';
import { createCharging } from './charging/make-charge.ts';

export type SandboxSettings = {
  host: string;
  port: number;
  /** Where the books are kept; without it they are gone with the process. */
  journalFile?: string | undefined;
  clientId: string;
  clientSecret: string;
  /** Signs callbacks. */
  callbackSecret: string;
  /** How long a pending charge takes to be decided, and a refund that does not last to come back. */
  pendingMs?: number;
  /** Before each further try of a callback. */
  retryDelaysMs?: readonly number[];
};

export type SandboxProvider = AsyncDisposable & {
  readonly url: string;
  /** From now on callbacks go here; those that waited go at once. */
  sendCallbacksTo(url: string): void;
  /** Its books. */
  charges(): readonly Charge[];
};

const PENDING_MS = 2_000;
const PENDING_CHECK_MS = 500;
const RETRY_DELAYS_MS = [1_000, 5_000, 30_000, 120_000];
/** Connections that a test token left without an answer are cut. */
const SHUTDOWN_TIMEOUT_MS = 250;

export async function start(
  settings: SandboxSettings,
  { logger, now = Date.now }: { logger: Logger; now?: () => number },
): Promise<SandboxProvider> {
  await using opened = new AsyncDisposableStack();
  const { journalFile, clientId, clientSecret, callbackSecret: secret, retryDelaysMs = RETRY_DELAYS_MS } = settings;
  const books = journalFile === undefined ? memoryJournal<Entry>() : await openJournal<Entry>(journalFile);
  opened.use(books.journal);
  const ledger = openLedger(books);
  const callbacks = opened.use(openCallbacks({ ledger, secret, logger, now, retryDelaysMs }));
  const charging = createCharging({ ledger, callbacks, now, pendingMs: settings.pendingMs ?? PENDING_MS });
  const listener = opened.use(
    await listen({
      host: settings.host,
      port: settings.port,
      shutdownTimeoutMs: SHUTDOWN_TIMEOUT_MS,
      handler: answerRequests({
        ledger,
        tokens: createAccessTokens({ id: clientId, secret: clientSecret }, now),
        charging,
        refunding: { ledger, now },
        logger,
      }),
    }),
  );
  opened.use(
    startTask({
      operation: 'decision of pending charges',
      idleMs: PENDING_CHECK_MS,
      work: async () => charging.settlePending(),
      logger,
      level: 'error',
    }),
  );
  const running = opened.move();
  return {
    url: listener.url,
    sendCallbacksTo: callbacks.sendTo,
    charges: () => ledger.charges(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
