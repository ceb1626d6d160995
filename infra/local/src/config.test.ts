import { relayConfig } from '@portico/webhook-relay/config';
import { describe, expect, it } from 'vitest';
import { loadLocalConfig } from './config.ts';

describe('webhooks to this machine', () => {
  it.each([
    [{}, true],
    [{ NODE_ENV: 'development' }, true],
    [{ NODE_ENV: 'production' }, false],
    [{ NODE_ENV: 'production', RELAY_ALLOW_LOOPBACK: 'true' }, true],
    [{ RELAY_ALLOW_LOOPBACK: 'false' }, false],
  ])('all in one process, with %j: %j', (env, allowed) => {
    expect(loadLocalConfig(env).allowLoopback).toBe(allowed);
  });

  it('are refused by a relay of its own unless it is told otherwise, whatever NODE_ENV is', () => {
    const given = (env: Record<string, string>) => relayConfig.parse(env).RELAY_ALLOW_LOOPBACK;
    expect([given({}), given({ NODE_ENV: 'development' }), given({ RELAY_ALLOW_LOOPBACK: 'true' })]).toEqual([false, false, true]);
  });
});
