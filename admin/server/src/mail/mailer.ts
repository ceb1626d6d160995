// Letters to people: through SMTP where there is a server, else as files, so that a developer's machine needs none.
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@portico/service-kit/logger';
import { createTransport } from 'nodemailer';

export type Letter = { to: string; subject: string; text: string };
export type MailSettings = { kind: 'smtp'; url: string; from: string } | { kind: 'folder'; folder: string; from: string };

/** `post` returns at once: how long a letter takes, or whether there is one, shows in no answer. Disposing waits for the letters under way. */
export type Mailer = AsyncDisposable & {
  post(letter: Letter): void;
  /** Resolves once the mail server has the letter; rejects when it does not take it. For those who try again themselves. */
  send(letter: Letter): Promise<void>;
};

/** What a letter may take from the first byte to the last answer. A stop waits for it, and so does a transaction that tells owners. */
export const LETTER_MS = 20_000;

/** Whether the mail server refused the letter itself, so that trying again would change nothing (RFC 5321, 4.2.1). */
export function isRefusedForGood(error: unknown): boolean {
  return error instanceof Error && 'responseCode' in error && Number(error.responseCode) >= 500;
}

export function createMailer(settings: MailSettings, { logger, now }: { logger: Logger; now: () => Date }): Mailer {
  const send = settings.kind === 'smtp' ? throughSmtp(settings) : intoFolder(settings, now);
  const underWay = new Set<Promise<void>>();
  return {
    send,
    post(letter) {
      const sending = send(letter)
        .catch((err: unknown) => logger.error({ err, operation: 'send mail' }, 'a letter could not be sent'))
        .finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(underWay);
    },
  };
}

type Send = (letter: Letter) => Promise<void>;

function throughSmtp({ url, from }: Extract<MailSettings, { kind: 'smtp' }>): Send {
  // Silence ends the connection; the library's own patience is ten minutes.
  const transport = createTransport({ url, connectionTimeout: LETTER_MS, greetingTimeout: LETTER_MS, socketTimeout: LETTER_MS });
  return async (letter) => {
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      deadline = setTimeout(() => reject(new Error('The mail server did not take the letter in time.')), LETTER_MS);
    });
    try {
      await Promise.race([transport.sendMail({ from, ...letter }), late]);
    } finally {
      clearTimeout(deadline);
    }
  };
}

function intoFolder({ folder, from }: Extract<MailSettings, { kind: 'folder' }>, now: () => Date): Send {
  return async (letter) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const at = now().toISOString();
    const file = join(folder, `${at.replaceAll(':', '-')}-${randomUUID()}.json`);
    await writeFile(file, `${JSON.stringify({ at, from, ...letter }, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  };
}
