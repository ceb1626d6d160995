import type { Database } from '@portico/service-kit/database/orm';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';

/** What every use case of the admin service works with. */
export type AdminContext = {
  readonly database: Database;
  readonly keyRing: KeyRing;
  /** Who acts: a person's id, or a program. For the admin log, never for a decision. */
  readonly actor: string;
  now(): Date;
};
