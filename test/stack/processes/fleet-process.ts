// A distributed platform that the scenarios of a run share, as a child of the process that runs them.
import { untilSignal } from '@portico/service-kit/lifecycle';
import { startStack } from '../start-stack.ts';

await using stack = await startStack({ topology: 'distributed' });
process.send?.(stack.fleet);
await untilSignal();
// The open channel would keep the process.
process.disconnect?.();
