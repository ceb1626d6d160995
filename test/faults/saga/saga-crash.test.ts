// A process dies between any two steps of placing or paying an order, with every kind of card. Afterwards the tasks of another process make
// it good: no stock held without an order, no charge without one, no order without its charge, every event once; and the request can be
// sent again.
import { AppError } from '@portico/contracts/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FULL } from '../counts.ts';
import { forkSaga, untilKilled } from './fork-saga.ts';
import { type Ground, openGround } from './open-ground.ts';
import { type Books, faultsOf, readBooks } from './order-books.ts';
import { type Recovery, recover } from './recover.ts';
import { PAYING_LATER, PLACING, type Point } from './saga-points.ts';
import type { Report } from './saga-process.ts';
import { payOrder, placeOrder, type ShopRequest } from './shop-request.ts';

const CARDS = ['tok_visa', 'tok_declined', 'tok_unknown_outcome', 'tok_flaky', 'tok_pending'];
/** Slow ones die apart, with one that comes to every point: what waits at its point must not wait longer than its own deadline. */
const SLOW = [
  ['tok_insufficient_funds', 'tok_rate_limited', 'tok_pending_declined'],
  ['tok_visa', 'tok_timeout'],
];
const GROUPS = FULL ? [CARDS, ...SLOW] : [CARDS];
/** What a request that is sent again may be answered: these, or the order. */
const REFUSALS = ['CONFLICT', 'INVALID_STATE', 'PAYMENT_FAILED'];

const RUNS = GROUPS.flatMap((tokens) => [
  ...PLACING.map((point) => ({ point, tokens, later: false })),
  ...PAYING_LATER.map((point) => ({ point, tokens, later: true })),
]);
const AT_ONCE = 2;
/** Waiting for its turn is part of a test's time. */
const TIMEOUT_MS = 1_800_000;

let ground: Ground;
const counts: string[] = [];
beforeAll(async () => {
  ground = await openGround([...new Set(GROUPS.flat())]);
});
afterAll(async () => {
  await ground?.[Symbol.asyncDispose]();
  console.info(counts.sort().join('\n'));
});

async function faults({ started }: Recovery, requests: readonly ShopRequest[]): Promise<Record<string, string[]>> {
  const found = await Promise.all(
    requests.map(
      async (request) =>
        [request.token, faultsOf(await booksOf(started, request), { isPaidLater: request.paySeed !== undefined })] as const,
    ),
  );
  return Object.fromEntries(found.filter(([, faults]) => faults.length > 0));
}

function booksOf(started: Recovery['started'], request: ShopRequest): Promise<Books> {
  return readBooks(started, request, ground.sandbox.chargesOf(request.orderId));
}

/** Sends the request again as it was. Answers what is said: the order's id, a payment's status, or the code of a refusal. */
async function again({ client }: Recovery['started'], request: ShopRequest): Promise<string> {
  const send = request.paySeed === undefined ? placeOrder : payOrder;
  return send(client, request).catch((error: unknown) => {
    if (error instanceof AppError && REFUSALS.includes(error.code)) return error.code;
    throw error;
  });
}

describe('a process that is killed', { concurrent: true, timeout: TIMEOUT_MS }, () => {
  const turns = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  /** Few at a time: each is a platform of its own. */
  async function inTurn(nth: number, work: () => Promise<void>): Promise<void> {
    const turn = (turns[nth % AT_ONCE] ?? Promise.resolve()).then(work);
    turns[nth % AT_ONCE] = turn.catch(() => {});
    await turn;
  }

  it.each(RUNS.map((run, nth) => [run.point.name, run.tokens.join(' '), { ...run, nth }] as const))(
    '%s leaves nothing wrong (%s)',
    (_name, _tokens, { point, tokens, later, nth }) =>
      inTurn(nth, async () => {
        await using copy = await ground.copy();
        const requests = tokens.map((token) => ground.request(token, { later }));
        const held = await untilKilled({ kind: 'die', settings: copy.settings, point: point.name, requests });
        expect(held.length).toBeGreaterThan(0);
        await using recovery = await recover(copy.settings);
        await recovery.settled();
        expect(await faults(recovery, requests)).toEqual({});
        const before = await Promise.all(requests.map((request) => booksOf(recovery.started, request)));
        const answers = await Promise.all(requests.map((request) => again(recovery.started, request)));
        if (!later) {
          for (const [i, books] of before.entries()) if (books.order !== undefined) expect(answers[i]).toBe(requests[i]?.orderId);
        }
        await recovery.settled();
        expect(await faults(recovery, requests)).toEqual({});
        counts.push(countsOf(nth, point, held, before, answers));
      }),
  );
});

function countsOf(nth: number, { name }: Point, held: readonly string[], books: readonly Books[], answers: readonly string[]): string {
  const said = (words: readonly string[]): string =>
    [...Map.groupBy(words, (word) => word)].map(([word, all]) => `${all.length} ${word}`).join(', ');
  const orders = said(books.map(({ order }) => order?.status ?? 'none'));
  const repeated = said(answers.map((answer) => (answer.startsWith('order_') ? 'the order' : answer)));
  return `${String(nth + 1).padStart(2)}. killed ${held.length} of ${books.length} ${name}: orders ${orders}; again: ${repeated}`;
}

describe('what a killed process left', () => {
  it('is undone once by two processes that sweep at the same time', async () => {
    await using copy = await ground.copy();
    const requests = CARDS.map((token) => ground.request(token, { later: false }));
    const point = 'after the payment is settled, before the order';
    const held = await untilKilled({ kind: 'die', settings: copy.settings, point, requests });
    const done: string[][] = [[], []];
    const note = (mine: string[]) => (report: Report) => {
      if (report.kind === 'settled' && report.as.startsWith('saga')) mine.push(report.as);
    };
    const sweepers = done.map((mine) => forkSaga({ kind: 'sweep', settings: copy.settings, aheadMs: 31_000 }, note(mine)));
    await expect.poll(() => done.flat().length, { timeout: 60_000 }).toBeGreaterThanOrEqual(held.length);
    await Promise.all(
      sweepers.map(async (child) => {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.send('stop');
        await ended;
      }),
    );
    expect(done.flat().filter((as) => as === 'saga undone')).toHaveLength(held.length);
    await using recovery = await recover(copy.settings);
    await recovery.settled();
    expect(await faults(recovery, requests)).toEqual({});
    counts.push(`two sweepers: ${done.map((mine) => mine.length).join(' and ')} of ${held.length} undone`);
  });
});
