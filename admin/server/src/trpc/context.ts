import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { AdminContext } from '../context.ts';
import type { Letter } from '../mail/mailer.ts';
import type { Person } from '../people/person.entity.ts';
import type { Side } from '../sides.ts';
import type { Letters } from '../sign-in/letters.ts';
import type { RecordAction } from './changing.ts';

/** What a procedure is called with. */
export type CallContext = {
  readonly side: Side;
  readonly admin: AdminContext;
  readonly requestId: string;
  /** Who is signed in on this side. */
  readonly person: Person | undefined;
  readonly recordAction: RecordAction;
  /** What belongs to other programs is read and changed through the graph. */
  readonly graph: GraphClient;
  readonly letters: Letters;
  post(letter: Letter): void;
};
