import { Access } from './0001-access.ts';
import { Oauth } from './0002-oauth.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-access': Access, '0002-oauth': Oauth };
