import { z } from 'zod';

/** What people and accounts are called. Names stand in lists and in letters: a short one, of one line, writes neither for us. */
export const nameText = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, 'It must be one line.');
