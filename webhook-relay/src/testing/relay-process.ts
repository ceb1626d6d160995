// For tests: a relay in a process that can be killed, given its database and its lease in milliseconds. It has no bus; it delivers what is in
// the database.
import { startTestRelay } from './start-test-relay.ts';

const [databaseUrl = '', lease = ''] = process.argv.slice(2);
const leaseMs = Number(lease);
await using _ = await startTestRelay({ databaseUrl, tasks: 'running', engine: { pollMs: 100, leaseMs, timeoutMs: leaseMs / 2 } });
process.send?.('running');
await new Promise(() => {});
