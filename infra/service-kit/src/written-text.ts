import { z } from 'zod';

/** One line without control characters, which a terminal would act on, and without those that turn the text around them, which then reads as another. */
export const lineText = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u, 'It must be one line, without control characters.');

/** What people, accounts, keys and clients are called. Names stand in lists and in letters: a short one, of one line, writes neither for us. */
export const nameText = lineText(100);

/** Several lines, or none: of control characters it has those that end a line, and tabs. */
export const linesText = (maxLength: number) =>
  z
    .string()
    .trim()
    .max(maxLength)
    .regex(/^(?:\P{Cc}|[\t\n\r])*$/u, 'It must not have control characters.');
