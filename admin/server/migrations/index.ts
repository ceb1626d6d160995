import { Access } from './0001-access.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-access': Access };
