// How many tries a provider bears at a time, found out from how it answers: the limit grows while answers come as fast as when nothing presses
// the provider, and falls when they get slower, or when it says that it has too much to do. What was compared, and why this rule: ADR 17.
//
// A window is one generation of tries: as many as the limit, ten at least. At its end the limit is multiplied by what the answers say of the
// queue before the provider (their usual time, and 0.3 of it again, over the time they took), and grows by a quarter of its root. Overload
// (a time-out, 408, 429, 503, 504) takes a place away at once, down to half within a window; at 5 % of overload nothing grows any more.
// Tries that began before the limit fell tell of the load before, and are not heard twice.
//
// The usual time is learned from tries that were among at most half of the limit (or the minimum), when they began and when they ended. A
// provider that is always pressed never lets us see it, and an average of pressed times would take the queue for the provider: so at first,
// and ten seconds after each time, no more places are given until it is measured.
import { LatencyBaseline } from './latency-baseline.ts';

export type LimitBounds = { readonly min: number; readonly initial: number; readonly max: number };

export type EndedTry = {
  readonly operation: string;
  /** What `began` told. */
  readonly underWay: number;
  /** Milliseconds of the epoch. */
  readonly beganAt: number;
  /** `neither`: it says nothing about the provider's load. */
  readonly outcome: 'answered' | 'overloaded' | 'neither';
};

/** Answers may take this much longer than usual before the limit falls: a short queue keeps a provider busy. */
const TOLERANCE = 1.3;
/** One window's answers lower the limit by a quarter at most. */
const STEEPEST = 0.5;
const DAMPING = 0.5;
const SMALLEST_WINDOW = 10;
/** The share of tries at which growing ends. */
const BEARABLE_OVERLOAD = 0.05;
const MEASURE_EVERY_MS = 10_000;
/** Answers that measure the usual time, at least; and two generations, for of those that begin together the fastest end first. */
const SMALLEST_MEASUREMENT = 20;
const MEASURED_GENERATIONS = 2;
/** Tries that the average time of a try remembers. */
const MEMORY = 16;

export class AdaptiveLimit {
  readonly #bounds: LimitBounds;
  readonly #now: () => number;
  readonly #usual = new LatencyBaseline();
  #limit: number;
  #underWay = 0;
  #averageMs = 0;
  #loweredAt = Number.NEGATIVE_INFINITY;
  /** Answers since the usual time was last measured. */
  #measured = 0;
  #measureAt = 0;
  #isMeasuring = true;
  #window: { limit: number; answered: number; overloaded: number; slowness: number; most: number };

  constructor(bounds: LimitBounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
    this.#limit = bounds.initial;
    this.#window = this.#newWindow();
  }

  /** Tries at a time. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Places to be given now: fewer than the limit while the usual time is measured. */
  get places(): number {
    return this.#isMeasuring ? this.#calm : this.limit;
  }

  /** What a try takes at present, in milliseconds; 0 when none has ended. */
  get averageMs(): number {
    return this.#averageMs;
  }

  /** A try is sent; how many are under way with it. */
  began(): number {
    this.#underWay += 1;
    this.#window.most = Math.max(this.#window.most, this.#underWay);
    return this.#underWay;
  }

  /** To be called once for every `began`. */
  ended({ operation, underWay, beganAt, outcome }: EndedTry): void {
    const ms = this.#now() - beganAt;
    const among = Math.max(underWay, this.#underWay);
    this.#underWay -= 1;
    this.#averageMs += (ms - this.#averageMs) / (this.#averageMs === 0 ? 1 : MEMORY);
    if (outcome === 'answered' && among <= this.#calm) this.#measure(operation, ms);
    if (outcome === 'neither' || beganAt < this.#loweredAt) return;
    const window = this.#window;
    if (outcome === 'overloaded') {
      window.overloaded += 1;
      this.#set(Math.max(window.limit / 2, this.#limit - 1));
    } else {
      window.answered += 1;
      window.slowness += this.#usual.slowness(operation, ms) ?? 0;
    }
    if (window.answered + window.overloaded >= Math.max(SMALLEST_WINDOW, this.limit)) this.#decide();
  }

  /** Tries at a time that press nobody. */
  get #calm(): number {
    return Math.max(this.#bounds.min, Math.floor(this.#limit / 2));
  }

  #measure(operation: string, ms: number): void {
    this.#usual.learn(operation, ms);
    this.#measured += 1;
    if (this.#measured < Math.max(SMALLEST_MEASUREMENT, MEASURED_GENERATIONS * this.#calm)) return;
    this.#isMeasuring = false;
    this.#measured = 0;
    this.#measureAt = this.#now() + MEASURE_EVERY_MS;
  }

  #decide(): void {
    const { limit: before, answered, overloaded, slowness, most } = this.#window;
    // A limit that is not reached is neither too high nor too low; what is pressed by our own measuring says nothing either.
    if (most >= this.#limit / 2 && !this.#isMeasuring) {
      const timesAsLong = answered === 0 ? 1 : Math.exp(slowness / answered);
      const queueless = Math.max(STEEPEST, Math.min(1, TOLERANCE / timesAsLong));
      const bearable = Math.max(0, 1 - overloaded / (answered + overloaded) / BEARABLE_OVERLOAD);
      const growth = Math.max(1, Math.sqrt(this.#limit) / 4) * bearable;
      this.#set(this.#limit * (1 - (1 - queueless) * DAMPING) + growth);
      if (this.#now() >= this.#measureAt) {
        this.#isMeasuring = true;
        this.#measured = 0;
      }
    }
    if (this.#limit < before) this.#loweredAt = this.#now();
    this.#window = this.#newWindow();
  }

  #set(limit: number): void {
    this.#limit = Math.min(this.#bounds.max, Math.max(this.#bounds.min, limit));
  }

  #newWindow() {
    return { limit: this.#limit, answered: 0, overloaded: 0, slowness: 0, most: this.#underWay };
  }
}
