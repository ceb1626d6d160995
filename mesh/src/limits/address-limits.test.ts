import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressGroup } from './address-group.ts';
import { type AddressLimits, createAddressLimits } from './address-limits.ts';

const rules = { failures: { limit: 3, windowSeconds: 60 }, publicRequests: { limit: 5, windowSeconds: 60 } };
const tooMany = (retryAfterSeconds: number) => expect.objectContaining({ code: 'RATE_LIMIT_EXCEEDED', retryAfterSeconds });

describe('an address', () => {
  let limits: AddressLimits;
  let refused: string[];
  beforeEach(() => {
    vi.useFakeTimers();
    refused = [];
    limits = createAddressLimits({ rules, redis: undefined, nowMs: Date.now, onRefused: (name) => refused.push(name) });
  });
  afterEach(() => vi.useRealTimers());

  const fail = async (times: number, address = '203.0.113.7'): Promise<void> => {
    for (let i = 0; i < times; i += 1) await limits.countFailure(address);
  };

  it('is refused once it has failed as often as it may, until the minute is over', async () => {
    await fail(2);
    limits.refuseBlocked('203.0.113.7');
    await fail(1);
    expect(() => limits.refuseBlocked('203.0.113.7')).toThrow(tooMany(60));
    vi.advanceTimersByTime(59_500);
    expect(() => limits.refuseBlocked('203.0.113.7')).toThrow(tooMany(1));
    vi.advanceTimersByTime(500);
    limits.refuseBlocked('203.0.113.7');
    await fail(3);
    expect(refused).toEqual(['failures', 'failures']);
  });

  it('learns nothing from a failure too many, even of requests that came at once', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => fail(1)));
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(7);
  });

  it('does not suffer for another one', async () => {
    await fail(3);
    limits.refuseBlocked('203.0.113.8');
    await fail(1, '203.0.113.8');
  });

  it('may ask public routes so often, whatever it failed at', async () => {
    await fail(3);
    for (let i = 0; i < 5; i += 1) await limits.countPublic('203.0.113.7');
    await expect(limits.countPublic('203.0.113.7')).rejects.toEqual(tooMany(60));
    await limits.countPublic('203.0.113.8');
  });

  it('may ask as often for what is not there, beside what it asks of public routes', async () => {
    for (let i = 0; i < 5; i += 1) await limits.countStray('203.0.113.7');
    await expect(limits.countStray('203.0.113.7')).rejects.toEqual(tooMany(60));
    await limits.countPublic('203.0.113.7');
    await limits.countStray('203.0.113.8');
    expect(refused).toEqual(['strays']);
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('%s is counted as %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});
