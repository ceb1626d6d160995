// Where a process can be made to die: between every two steps of an event's way. The process kills itself at the point, which it recognises from
// outside the product: by wrapping what the product is given, and by the statements it sends.
import type { EventBus } from '@portico/service-kit/bus/event-bus';
import { onStatement } from '@portico/service-kit/sql/statement-log';
import type { Sender } from '@portico/webhook-relay/sending/send';

/** Steps of whoever publishes an outbox. */
export const PUBLISHER_POINTS = ['outbox rows are read', 'the bus has them'] as const;
/** Steps of a relay. */
export const RELAY_POINTS = [
  'a batch comes in',
  'its events are being written',
  'its deliveries are written',
  'deliveries are being claimed',
  'an attempt begins',
  'the receiver has answered',
  'health is being written',
  'results are being written',
  'a retry is being written',
] as const;
export type DeathPoint = (typeof PUBLISHER_POINTS)[number] | (typeof RELAY_POINTS)[number];

/** At the point's `hit`th time, `afterMs` later: 0 is before the step's next instruction. */
export type Death = { readonly point: DeathPoint; readonly hit: number; readonly afterMs: number };

export type Doom = Disposable & {
  arm(death: Death): void;
  disarm(): void;
  bus(bus: EventBus): EventBus;
  sender(sender: Sender): Sender;
};

const STATEMENTS: readonly (readonly [text: string, point: DeathPoint])[] = [
  ['webhooks.fan_out(', 'its events are being written'],
  ['webhooks.claim(', 'deliveries are being claimed'],
  ['"circuitFailures", failing_since = h."failingSince"', 'health is being written'],
  ['insert into webhooks.attempt', 'results are being written'],
];

/** Of this process. Until it is armed nothing happens. */
export function createDoom(): Doom {
  let death: Death | undefined;
  let hitsLeft = 0;
  let timer: NodeJS.Timeout | undefined;
  let failed = false;
  const reach = (point: DeathPoint): void => {
    if (death?.point !== point) return;
    hitsLeft -= 1;
    if (hitsLeft > 0) return;
    if (death.afterMs === 0) process.kill(process.pid, 'SIGKILL');
    timer ??= setTimeout(() => process.kill(process.pid, 'SIGKILL'), death.afterMs);
  };
  const statements = onStatement(({ text }) => {
    for (const [part, point] of STATEMENTS) if (text.includes(part)) reach(point);
    if (!failed || !text.includes('insert into webhooks.attempt')) return;
    failed = false;
    reach('a retry is being written');
  });
  return {
    arm(next) {
      death = next;
      hitsLeft = next.hit;
    },
    disarm() {
      death = undefined;
      clearTimeout(timer);
      timer = undefined;
    },
    bus: (bus) => ({
      ...bus,
      async publish(events) {
        reach('outbox rows are read');
        await bus.publish(events);
        reach('the bus has them');
      },
      consume: (options, handle) =>
        bus.consume(options, async (events) => {
          reach('a batch comes in');
          await handle(events);
          reach('its deliveries are written');
        }),
    }),
    sender: (sender) => ({
      ...sender,
      async send(request) {
        reach('an attempt begins');
        const outcome = await sender.send(request);
        failed ||= outcome.kind === 'answered' && outcome.status >= 500;
        reach('the receiver has answered');
        return outcome;
      },
    }),
    [Symbol.dispose]: () => statements[Symbol.dispose](),
  };
}
