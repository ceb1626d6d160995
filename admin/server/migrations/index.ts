import { Access } from './0001-access.ts';
import { People } from './0004-people.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-access': Access, '0004-people': People };
