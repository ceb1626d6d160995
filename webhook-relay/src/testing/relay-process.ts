// For tests: a relay in a process that can be killed. It has no bus; it delivers what is in the database.
import { startTestRelay } from './start-test-relay.ts';

const leaseMs = Number(process.env.LEASE_MS);
await using _ = await startTestRelay({
  databaseUrl: String(process.env.DATABASE_URL),
  engine: { pollMs: 100, leaseMs, timeoutMs: leaseMs / 2 },
});
process.send?.('running');
await new Promise(() => {});
