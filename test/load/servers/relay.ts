// The relay under measurement, as it runs in production: its own loops, and the bus in PostgreSQL unless NATS_URL names another.
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { untilSignal } from '@portico/service-kit/lifecycle';
import { silentLogger, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS, unreachableGraph } from '@portico/service-kit/testing';
import { start } from '@portico/webhook-relay/server';
import { answerQuestions } from './answer-questions.ts';

const { DATABASE_URL: databaseUrl = '', NATS_URL: natsUrl } = process.env;

using _ = answerQuestions({ textsOf: () => true });
await using bus = await openEventBus({ databaseUrl, natsUrl, logger: silentLogger });
await using _relay = await start(
  { databaseUrl, poolMax: 10, secretKeys: TEST_SECRET_KEYS, blindIndexKey: TEST_BLIND_INDEX_KEY, allowLoopback: true },
  { graph: unreachableGraph, logger: silentLogger, bus },
);
process.send?.({ kind: 'ready', url: '' });
await untilSignal();
process.disconnect?.();
