// A platform whose every trace can be read afterwards: what it logged, measured, traced and recorded.
import { Writable } from 'node:stream';
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { createLogger, type Logger } from '@portico/service-kit/logger';
import pg from 'pg';
import { expect } from 'vitest';
import { collectTraces } from './collect-traces.ts';
import { openShop, type Shop } from './shop.ts';
import { type Stack, startStack, type Topology } from './start-stack.ts';

export const CANARIES = {
  card: '4111111111111111',
  email: 'canary.person@example.com',
  name: 'Cassandra Canaryworth',
  phone: '+442079460123',
  address: 'Canarywharf Lane 17',
  bearer: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ',
  apiKey: 'ak_live_canarycanarycanarycanarycanary00',
  secret: 'sk_canarycanarycanarycanarycanarycanary',
  webhookSecret: 'whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5',
};
export const ALL = Object.values(CANARIES);

export type Watched = AsyncDisposable & {
  readonly stack: Stack;
  readonly shop: Shop;
  /** By where it was found; everything that was kept so far. */
  everythingKept(): Promise<Record<string, string>>;
};

export async function startWatchedStack(topology: Topology): Promise<Watched> {
  let logs = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logs += String(chunk);
      done();
    },
  });
  const loggerOf = (program: string): Logger => createLogger({ program, level: 'debug', destination: sink });
  await using opened = new AsyncDisposableStack();
  const collector = opened.use(await collectTraces());
  const stack = opened.use(
    await startStack({
      topology,
      otlpEndpoint: collector.endpoint,
      openBus: (databaseUrl) => openEventBus({ databaseUrl, logger: loggerOf('bus') }),
      loggerOf,
      onOutput: (text) => {
        logs += text;
      },
    }),
  );
  const shop = await openShop(stack);
  // One request that goes all the way, so that every process has a span to send.
  await shop.product();
  const kept = opened.move();
  return {
    stack,
    shop,
    async everythingKept() {
      await stack.admin.audit.flush();
      await stack.flushTraces();
      if (topology === 'distributed') await expect.poll(() => collector.text()).toContain('portico-products');
      const client = new pg.Client({ connectionString: stack.databaseUrl });
      await client.connect();
      try {
        const audit = await client.query('select * from access.request_log');
        const adminLog = await client.query('select * from access.admin_log');
        await stack.admin.usage.rollUp();
        const usage = await client.query('select * from access.usage_day');
        const metrics = (await Promise.all(stack.metricsUrls.map(async (url) => (await fetch(url)).text()))).join('\n');
        return {
          audit: JSON.stringify(audit.rows),
          adminLog: JSON.stringify(adminLog.rows),
          usage: JSON.stringify(usage.rows),
          metrics,
          traces: collector.text(),
          logs,
        };
      } finally {
        await client.end();
      }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Every form in which a canary could have been written down. */
export function found(text: string): string[] {
  return ALL.filter((canary) =>
    [canary, encodeURIComponent(canary), canary.replaceAll(' ', '+'), JSON.stringify(canary).slice(1, -1)].some((form) =>
      text.includes(form),
    ),
  );
}
