// What breakers of many processes know together. Each counts for itself, and four times a second writes its last minute to Redis and reads the
// others': no call waits for Redis, but for the one that would probe. The fleet opens on the sum of all, and only when at least two processes
// fail, or one that carries all traffic: a process whose own network is broken opens itself and nobody else. Without Redis each goes on alone.
// Processes compare instants, so their clocks have to agree within a second or so.

import type { RedisConnection } from '@portico/service-kit/redis/redis';
import { type BreakerChange, type BreakerDeps, type BreakerSettings, isTripped, LocalBreaker, type ProbeLease } from './breaker.ts';
import {
  decideForFleet,
  type FleetState,
  isFresh,
  type NodeReport,
  parseReport,
  parseState,
  reportText,
  stateText,
} from './fleet-state.ts';

export type FleetBreakers = AsyncDisposable & {
  open(provider: string, settings: BreakerSettings, told?: BreakerDeps['told']): LocalBreaker;
  /** Writes and reads once. Rejects with nothing: what Redis cannot do now is done next time. */
  runOnce(): Promise<void>;
};

export type FleetBreakersOptions = { redis: RedisConnection; now: () => number; random: () => number; node: string };

const INTERVAL_MS = 250;
const PREFIX = 'portico:integration:breaker';
/** What nobody writes any more goes by itself. */
const KEPT_MS = 86_400_000;
/** Replaces the state that was read, unless somebody else has. */
const REPLACE = `local current = redis.call('get', KEYS[1]) or ''
if current ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
return 1`;

export function createFleetBreakers({ redis, now, random, node }: FleetBreakersOptions): FleetBreakers {
  const members: Member[] = [];
  let running: Promise<void> | undefined;
  const round = async (): Promise<void> => {
    if (members.length === 0 || !redis.isUp()) return;
    const answers = await redis.run(async (client) => {
      const pipeline = client.pipeline();
      for (const member of members) member.ask(pipeline);
      return (await pipeline.exec()) ?? [];
    });
    const values = answers.map(([, value]) => value);
    await Promise.all(members.map((member, index) => member.hear(values.slice(index * COMMANDS, (index + 1) * COMMANDS))));
  };
  const runOnce = (): Promise<void> => {
    running ??= round()
      .catch(() => {})
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  const timer = setInterval(() => void runOnce(), INTERVAL_MS).unref();
  return {
    open(provider, settings, told) {
      const member = new Member({ provider, settings, redis, now, random, node, told, kick: () => void runOnce() });
      members.push(member);
      return member.breaker;
    },
    runOnce,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

type MemberOptions = FleetBreakersOptions & { provider: string; settings: BreakerSettings; told: BreakerDeps['told']; kick(): void };
const COMMANDS = 4;

class Member {
  readonly breaker: LocalBreaker;
  readonly #options: MemberOptions;
  readonly #keys: { nodes: string; state: string; probe: string };
  /** As read or written last. */
  #state: FleetState = { generation: 0, openUntil: 0 };
  #isInFleetOpening = false;
  /** What this process's probe of the fleet's opening has found, until it is written. */
  #found: BreakerChange | undefined;

  constructor(options: MemberOptions) {
    this.#options = options;
    const key = `${PREFIX}:{${options.provider}}`;
    this.#keys = { nodes: `${key}:nodes`, state: `${key}:state`, probe: `${key}:probe` };
    const { now, random, told } = options;
    this.breaker = new LocalBreaker(options.settings, { now, random, told, changed: (change) => this.#changed(change) });
  }

  ask(pipeline: ReturnType<RedisConnection['client']['pipeline']>): void {
    const { node, now } = this.#options;
    const report = reportText({ generation: this.#state.generation, ...this.breaker.outcomes(), at: now() });
    pipeline.hset(this.#keys.nodes, node, report).pexpire(this.#keys.nodes, KEPT_MS).hgetall(this.#keys.nodes).get(this.#keys.state);
  }

  async hear([, , nodes, state]: unknown[]): Promise<void> {
    const raw = typeof state === 'string' ? state : '';
    const reports = await this.#freshReports(nodes);
    this.#apply(
      parseState(raw) ?? { generation: Math.max(this.#state.generation, ...reports.map((report) => report.generation)), openUntil: 0 },
    );
    const next = this.#next(reports);
    if (next === undefined) return;
    const { redis } = this.#options;
    const replaced = await redis.run((client) => client.eval(REPLACE, 1, this.#keys.state, raw, stateText(next), KEPT_MS));
    this.#found = undefined;
    if (replaced === 1) this.#apply(next);
  }

  /** Reports of processes that have ended are taken away. */
  async #freshReports(nodes: unknown): Promise<NodeReport[]> {
    const { redis, now } = this.#options;
    const entries = Object.entries(typeof nodes === 'object' && nodes !== null ? nodes : {});
    const reports = entries.map(([node, text]) => ({ node, report: parseReport(text) }));
    const gone = reports.filter(({ report }) => report === undefined || !isFresh(report, now())).map(({ node }) => node);
    if (gone.length > 0) await redis.run((client) => client.hdel(this.#keys.nodes, ...gone));
    return reports.flatMap(({ report }) => (report !== undefined && isFresh(report, now()) ? report : []));
  }

  #apply(state: FleetState): void {
    const { generation, openUntil } = this.#state;
    if (state.generation === generation && state.openUntil === openUntil) return;
    this.#state = state;
    if (state.openUntil > 0) {
      this.#isInFleetOpening = true;
      this.breaker.openWithFleet(state.openUntil, this.#lease(state));
      return;
    }
    // A process that has opened for itself alone stays so: the fleet's health says nothing about its network.
    if (state.generation > generation && (this.#isInFleetOpening || this.breaker.openUntil() === undefined)) this.breaker.close();
    this.#isInFleetOpening = false;
  }

  #next(reports: readonly NodeReport[]): FleetState | undefined {
    const { generation, openUntil } = this.#state;
    if (openUntil > 0) {
      if (this.#found?.kind === 'closed') return { generation: generation + 1, openUntil: 0 };
      return this.#found?.kind === 'opened' ? { generation, openUntil: this.#found.until } : undefined;
    }
    const current = reports.filter((report) => report.generation === generation);
    if (!decideForFleet(current, (outcomes) => isTripped(outcomes, this.#options.settings), this.#options.settings.failureRatio))
      return undefined;
    return { generation, openUntil: this.breaker.openUntil() ?? this.breaker.newOpenUntil() };
  }

  #changed(change: BreakerChange): void {
    if (this.#isInFleetOpening) this.#found = change;
    this.#options.kick();
  }

  /** One probe for the fleet and opening: who sets the key first. */
  #lease({ generation, openUntil }: FleetState): ProbeLease {
    const { redis, node, settings } = this.#options;
    const key = `${this.#keys.probe}:${generation}:${openUntil}`;
    return async () => (await redis.run((client) => client.set(key, node, 'PX', settings.openMs, 'NX'))) === 'OK';
  }
}
