// The breaker of one provider in one process. It opens when more than half of at least ten attempts of the last 60 s failed, and refuses for
// about 30 s; then one attempt is let through as a probe while all others are still refused. What the fleet knows is told to it from outside.
import type { BreakerState } from '../../observe/call-record.ts';
import { BreakerWindow, type Outcomes } from './breaker-window.ts';

export type BreakerSettings = { failureRatio: number; minimumCalls: number; openMs: number };

/** `neutral`: says nothing about the provider (a caller's abort, a refusal of the request, a 429). */
export type AttemptOutcome = 'success' | 'failure' | 'neutral';
export type Admission = { readonly kind: 'admitted'; settle(outcome: AttemptOutcome): void };
export type Refusal = { readonly kind: 'refused'; readonly retryAt: number };

export type Breaker = {
  /** A promise only for the attempt that would be the fleet's probe. */
  admit(): Admission | Refusal | Promise<Admission | Refusal>;
  /** What `admit` would refuse without asking anybody; counts nothing. */
  refusal(): Refusal | undefined;
};

/** What a process's breaker does when the whole fleet is open: asks whether the probe is its own. */
export type ProbeLease = () => Promise<boolean>;
export type BreakerChange = { readonly kind: 'opened'; readonly until: number; readonly wasProbe: boolean } | { readonly kind: 'closed' };

type State =
  | { kind: 'closed' }
  | { kind: 'open'; until: number; lease: ProbeLease | undefined }
  | { kind: 'probing'; until: number; lease: ProbeLease | undefined };

/** Who is refused while a probe runs may come again this soon. */
const PROBE_RETRY_MS = 250;
/** Openings of many processes are spread by this share, to both sides. */
const OPEN_JITTER = 0.1;
/** An opening that seems to last longer than this, in `openMs`, is over: the clock was set back. Clocks of a fleet may differ by less. */
const LONGEST_OPENING = 2;

export type BreakerDeps = {
  now: () => number;
  random: () => number;
  /** What its own attempts have changed. */
  changed?: (change: BreakerChange) => void;
  /** Every state, for the metrics. */
  told?: (state: BreakerState) => void;
};

const TOLD: Readonly<Record<State['kind'], BreakerState>> = { closed: 'closed', open: 'open', probing: 'half-open' };

export class LocalBreaker implements Breaker {
  readonly #settings: BreakerSettings;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #changed: (change: BreakerChange) => void;
  readonly #told: (state: BreakerState) => void;
  readonly #window = new BreakerWindow();
  readonly #counted: Admission = { kind: 'admitted', settle: (outcome) => this.#count(outcome) };
  #state: State = { kind: 'closed' };

  constructor(settings: BreakerSettings, deps: BreakerDeps) {
    this.#settings = settings;
    this.#now = deps.now;
    this.#random = deps.random;
    this.#changed = deps.changed ?? (() => {});
    this.#told = deps.told ?? (() => {});
    this.#told('closed');
  }

  admit(): Admission | Refusal | Promise<Admission | Refusal> {
    const state = this.#state;
    if (state.kind === 'closed') return this.#counted;
    const refusal = this.refusal();
    if (refusal !== undefined) return refusal;
    this.#become({ ...state, kind: 'probing' });
    return state.lease === undefined ? this.#probe() : this.#leasedProbe(state.lease);
  }

  refusal(): Refusal | undefined {
    const state = this.#state;
    if (state.kind === 'closed') return undefined;
    const now = this.#now();
    if (state.kind === 'probing') return { kind: 'refused', retryAt: now + PROBE_RETRY_MS };
    const isOver = state.until <= now || state.until - now > LONGEST_OPENING * this.#settings.openMs;
    return isOver ? undefined : { kind: 'refused', retryAt: state.until };
  }

  outcomes(): Outcomes {
    return this.#window.read(this.#now());
  }

  openUntil(): number | undefined {
    return this.#state.kind === 'closed' ? undefined : this.#state.until;
  }

  /** The fleet is open. A probe of this process that runs already goes on. */
  openWithFleet(until: number, lease: ProbeLease): void {
    if (this.#state.kind === 'probing') return;
    this.#become({ kind: 'open', until, lease });
  }

  /** The provider has answered somebody's probe: everything before is forgotten. */
  close(): void {
    this.#become({ kind: 'closed' });
    this.#window.clear();
  }

  newOpenUntil(): number {
    const jitter = 1 + OPEN_JITTER * (2 * this.#random() - 1);
    return this.#now() + Math.round(this.#settings.openMs * jitter);
  }

  #become(state: State): void {
    if (state.kind !== this.#state.kind) this.#told(TOLD[state.kind]);
    this.#state = state;
  }

  #count(outcome: AttemptOutcome): void {
    if (outcome === 'neutral') return;
    const now = this.#now();
    this.#window.record(now, outcome === 'failure');
    if (outcome === 'failure' && this.#state.kind === 'closed' && isTripped(this.#window.read(now), this.#settings)) this.#open(false);
  }

  #open(wasProbe: boolean): void {
    const until = this.newOpenUntil();
    this.#become({ kind: 'open', until, lease: undefined });
    this.#changed({ kind: 'opened', until, wasProbe });
  }

  #probe(): Admission {
    const own = this.#state;
    return {
      kind: 'admitted',
      settle: (outcome) => {
        if (this.#state !== own) return;
        if (outcome === 'failure') return this.#open(true);
        // A neutral end has proved nothing: the next caller probes.
        if (outcome === 'neutral') {
          this.#become({ kind: 'open', until: this.#now(), lease: undefined });
          return;
        }
        this.close();
        this.#changed({ kind: 'closed' });
      },
    };
  }

  async #leasedProbe(lease: ProbeLease): Promise<Admission | Refusal> {
    const own = this.#state;
    // Without Redis nobody can grant the lease: then every process probes for itself.
    const granted = await lease().catch(() => true);
    if (this.#state !== own) return this.admit();
    if (granted) return this.#probe();
    const retryAt = this.#now() + PROBE_RETRY_MS;
    this.#become({ kind: 'open', until: retryAt, lease });
    return { kind: 'refused', retryAt };
  }
}

export function isTripped({ total, failed }: Outcomes, { failureRatio, minimumCalls }: BreakerSettings): boolean {
  return total >= minimumCalls && failed > total * failureRatio;
}
