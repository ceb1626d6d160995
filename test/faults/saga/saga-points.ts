// The points between the steps of a saga at which a process can die. A point is a statement of one program, before it is sent or after it
// was answered, or the provider's answer to a charge. Told by what goes over the wire: the product knows nothing of it.

export type Phase = 'place' | 'pay' | 'sweep';

export type Point = {
  readonly name: string;
  /** In which work the point is: placing an order, paying one that stands, or the task that undoes what was left. */
  readonly phase: Phase;
  readonly at: StatementPoint | 'provider answers';
};
export type StatementPoint = {
  readonly program: string;
  readonly text: RegExp;
  /** Of the statements that match, in one work. */
  readonly nth: number;
  readonly when: 'before' | 'after';
};

const BEGINS_SAGA = /insert into orders\.saga_task/;
const COMMIT = /^commit/i;
const ANY = /./;

const statement = (program: string, text: RegExp, nth: number, when: StatementPoint['when']): StatementPoint => ({
  program,
  text,
  nth,
  when,
});

export const PLACING: readonly Point[] = [
  { name: 'before the saga row is written', phase: 'place', at: statement('orders', BEGINS_SAGA, 1, 'before') },
  { name: 'after the saga row, before the stock is reserved', phase: 'place', at: statement('orders', BEGINS_SAGA, 1, 'after') },
  { name: 'while stock is reserved, before the commit', phase: 'place', at: statement('inventory', COMMIT, 1, 'before') },
  { name: 'after stock is reserved, before the answer is used', phase: 'place', at: statement('inventory', COMMIT, 1, 'after') },
  { name: 'before the payment row is committed', phase: 'place', at: statement('payments', COMMIT, 1, 'before') },
  { name: 'after the payment row, before the provider is asked', phase: 'place', at: statement('payments', COMMIT, 1, 'after') },
  { name: 'while the provider is asked', phase: 'place', at: 'provider answers' },
  { name: "after the provider's answer, before it is committed", phase: 'place', at: statement('payments', COMMIT, 2, 'before') },
  { name: 'after the payment is settled, before the order', phase: 'place', at: statement('payments', COMMIT, 2, 'after') },
  { name: 'while the order is written, before the commit', phase: 'place', at: statement('orders', COMMIT, 1, 'before') },
  { name: 'after the order is committed, before the answer', phase: 'place', at: statement('orders', COMMIT, 1, 'after') },
  { name: 'while the order is undone, between void and release', phase: 'sweep', at: statement('inventory', ANY, 1, 'before') },
];

export const PAYING_LATER: readonly Point[] = [
  { name: 'while the provider is asked for a later payment', phase: 'pay', at: 'provider answers' },
  { name: 'after a later payment is settled, before the orders are told', phase: 'pay', at: statement('payments', COMMIT, 2, 'after') },
  { name: 'while the paid order is confirmed, before the commit', phase: 'pay', at: statement('orders', COMMIT, 1, 'before') },
  { name: 'after the paid order is confirmed, before the payments know', phase: 'pay', at: statement('orders', COMMIT, 1, 'after') },
];

/** Where the work stops that the sweeper is then killed at. */
export const LEFT_TO_SWEEP: Point = {
  name: 'left to the sweeper',
  phase: 'place',
  at: statement('payments', COMMIT, 2, 'after'),
};
