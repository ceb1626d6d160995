// The partners' side of a fault test: one server, an endpoint per path, each told how to behave and when to behave otherwise. It counts what
// every endpoint got, so that what is lost and what comes twice are numbers.
import type { ServerResponse } from 'node:http';
import type { Stopwatch } from '@portico/service-kit/testing-stopwatch';
import { type Received, type Respond, type Sink, startSink } from '@portico/webhook-relay/testing/start-sink';

export type FaultSink = Sink & {
  /** From now on the endpoint answers so; 200 until told otherwise. */
  behave(name: string, respond: Respond): void;
  /** How often the endpoint got each event, by event id. */
  timesOf(name: string): ReadonlyMap<string, number>;
  /** Requests to the endpoint that have no complete response yet, and whose connection stands. */
  openOf(name: string): number;
};

export async function startFaultSink(): Promise<FaultSink> {
  const behaviours = new Map<string, Respond>();
  const times = new Map<string, Map<string, number>>();
  const open = new Map<string, number>();
  const sink = await startSink((request, response) => {
    const name = request.path.slice(1);
    const counted = times.get(name) ?? new Map<string, number>();
    times.set(name, counted.set(eventIdOf(request), (counted.get(eventIdOf(request)) ?? 0) + 1));
    open.set(name, (open.get(name) ?? 0) + 1);
    response.once('close', () => open.set(name, (open.get(name) ?? 0) - 1));
    return (behaviours.get(name) ?? (() => 200))(request, response);
  });
  return {
    ...sink,
    behave: (name, respond) => void behaviours.set(name, respond),
    timesOf: (name) => times.get(name) ?? new Map(),
    openOf: (name) => open.get(name) ?? 0,
  };
}

/** Answers 200 after so many milliseconds: attempts are under way for that long. */
export function answerAfter(ms: number): Respond {
  return (_: Received, response: ServerResponse) => {
    setTimeout(() => response.writeHead(200).end(), ms);
    return undefined;
  };
}

/** Answers 200, and notes when each event came first: milliseconds of the stopwatch, by event id. */
export function noteArrivals({ tookMs }: Stopwatch, arrivals: Map<string, number>): Respond {
  return (request) => {
    const id = eventIdOf(request);
    if (!arrivals.has(id)) arrivals.set(id, tookMs());
    return 200;
  };
}

/** Takes the request and never answers. */
export const hang: Respond = () => undefined;

export function eventIdOf({ headers }: Received): string {
  return String(headers['webhook-id']);
}
