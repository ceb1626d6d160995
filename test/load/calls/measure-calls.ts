import type { Call } from './open-calls.ts';

export type CallFigures = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly cpuMicros: number;
  /** Bytes of memory of the process that makes nothing but these calls, when it is warm and at the end, without what is garbage. */
  readonly rss?: readonly [begin: number, end: number];
};

/** As fast as so many callers go. */
export async function saturate(call: Call, concurrency: number, seconds: number): Promise<CallFigures> {
  const [times, until, before] = [[] as number[], performance.now() + seconds * 1_000, process.cpuUsage()];
  const caller = async (): Promise<void> => {
    for (;;) {
      const startedAt = performance.now();
      if (startedAt > until) return;
      await call();
      times.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  return figuresOf(times, seconds, before);
}

const WARM_SECONDS = 5;

/** A thousand calls a second, ten each 10 ms. Before them a few at a time: an adaptive limit lets a cold burst not wait for its first connections. */
export async function steady(call: Call, seconds: number): Promise<CallFigures> {
  await saturate(call, 10, 1);
  await atThousand(call, WARM_SECONDS);
  const [begin, before] = [memory(), process.cpuUsage()];
  const times = await atThousand(call, seconds);
  const figures = figuresOf(times, seconds, before);
  return { ...figures, rss: [begin, memory()] };
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

async function atThousand(call: Call, seconds: number): Promise<number[]> {
  const [times, pending] = [[] as number[], new Set<Promise<unknown>>()];
  const startedAt = performance.now();
  for (let made = 0; made < seconds * 1_000; ) {
    const due = Math.floor(performance.now() - startedAt);
    for (; made < due && made < seconds * 1_000; made += 1) {
      const callStartedAt = performance.now();
      const done: Promise<unknown> = call().then(() => {
        times.push(performance.now() - callStartedAt);
        pending.delete(done);
      });
      pending.add(done);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Promise.all(pending);
  return times;
}

function figuresOf(times: number[], seconds: number, before: NodeJS.CpuUsage): CallFigures {
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  const cpuMicros = (user + system) / times.length;
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), cpuMicros };
}
