import { newId } from '@portico/contracts/ids';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ClientLimits, createClientLimits } from './client-limits.ts';

const MINUTE = 60;
const rules = {
  failures: { limit: 3, windowSeconds: MINUTE },
  failuresAnywhere: { limit: 8, windowSeconds: MINUTE },
  tokens: { limit: 5, windowSeconds: MINUTE },
};
const [OWNER, GUESSER] = ['198.51.100.1', '203.0.113.1'];
const TOO_MANY = { code: 'RATE_LIMIT_EXCEEDED', retryAfterSeconds: MINUTE };

describe('an OAuth client', () => {
  let limits: ClientLimits;
  let client: string;
  let refused: string[];
  beforeEach(() => {
    vi.useFakeTimers();
    client = newId('client');
    refused = [];
    limits = createClientLimits({ rules, redis: undefined, nowMs: Date.now, onRefused: (name) => refused.push(name) });
  });
  afterEach(() => vi.useRealTimers());
  const fail = async (times: number, address = GUESSER): Promise<void> => {
    for (let i = 0; i < times; i += 1) await limits.countFailure(client, address);
  };
  /** Each from an address of its own, as many as fit into the bound of all together. */
  const failFromEverywhere = async (): Promise<void> => {
    for (let i = 0; i < rules.failuresAnywhere.limit; i += 1) await fail(1, `192.0.2.${i}`);
  };

  it('is closed to an address that guessed as often as it may, until the minute is over, and to nobody else', async () => {
    await fail(2);
    await limits.refuseClosed(client, GUESSER);
    await fail(1);
    await expect(limits.refuseClosed(client, GUESSER)).rejects.toMatchObject(TOO_MANY);
    await limits.refuseClosed(client, OWNER);
    await limits.refuseClosed(newId('client'), GUESSER);
    vi.advanceTimersByTime(MINUTE * 1_000);
    await limits.refuseClosed(client, GUESSER);
    expect(refused).toEqual(['client_failures']);
  });

  it('tells nothing to a guess too many, even of guesses that came at once', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => fail(1)));
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(7);
  });

  it('counts the /64 of an IPv6 address as one place', async () => {
    for (const end of ['1', '2:3', 'ffff']) await fail(1, `2001:db8:1:2::${end}`);
    await expect(limits.refuseClosed(client, '2001:db8:1:2::9')).rejects.toMatchObject(TOO_MANY);
    await limits.refuseClosed(client, '2001:db8:1:3::9');
  });

  it('that is guessed at from everywhere is closed to strangers, and open to where it proved itself', async () => {
    limits.countProof(client, OWNER);
    await failFromEverywhere();
    await expect(limits.refuseClosed(client, '192.0.2.200')).rejects.toMatchObject(TOO_MANY);
    await limits.refuseClosed(client, OWNER);
    vi.advanceTimersByTime(MINUTE * 1_000);
    await limits.refuseClosed(client, '192.0.2.200');
  });

  it('is closed even to where it proved itself when the guesses come from there', async () => {
    limits.countProof(client, OWNER);
    await fail(3, OWNER);
    await expect(limits.refuseClosed(client, OWNER)).rejects.toMatchObject(TOO_MANY);
  });

  it('gets as many tokens in a minute as it may, of requests at once too, and those back that were not given', async () => {
    const takes = await Promise.allSettled(Array.from({ length: 20 }, () => limits.takeToken(client)));
    const taken = takes.flatMap((take) => (take.status === 'fulfilled' ? [take.value] : []));
    expect(taken).toHaveLength(5);
    await taken[0]?.giveBack();
    await limits.takeToken(client);
    await expect(limits.takeToken(client)).rejects.toMatchObject(TOO_MANY);
    await limits.takeToken(newId('client'));
    vi.advanceTimersByTime(MINUTE * 1_000);
    await limits.takeToken(client);
    expect(new Set(refused)).toEqual(new Set(['client_tokens']));
  });

  it('gets no token of a minute back in the next one', async () => {
    const taken = await Promise.all(Array.from({ length: 5 }, () => limits.takeToken(client)));
    vi.advanceTimersByTime(MINUTE * 1_000);
    for (const token of taken) await token.giveBack();
    const takes = await Promise.allSettled(Array.from({ length: 20 }, () => limits.takeToken(client)));
    expect(takes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  it('that cannot be, by the form of its id, is not counted', async () => {
    for (let i = 0; i < 50; i += 1) await limits.countFailure(`client_${i}`, GUESSER);
    await limits.refuseClosed('client_1', GUESSER);
  });
});
