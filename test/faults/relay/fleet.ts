// A publisher and relays that share the work. Each that dies is replaced by one that has loaded its code already.
import { setTimeout as pause } from 'node:timers/promises';
import type { Death } from './death-points.ts';
import { forkPublisher, forkRelay, type TestProcess } from './fork-process.ts';
import type { PublisherPlan } from './publisher-process.ts';
import type { RelayPlan } from './relay-process.ts';

export const RELAYS = ['first relay', 'second relay'] as const;
export const EVERYBODY = ['publisher', ...RELAYS] as const;
export type Post = (typeof EVERYBODY)[number];

export type Fleet = AsyncDisposable & {
  /** One of these is to die at the point. They run when this resolves. */
  arm(posts: readonly Post[], death: Death): Promise<void>;
  /** Answers whether one of those that were armed died in time. */
  death(posts: readonly Post[]): Promise<boolean>;
  /** Kills these now, whatever they do. */
  kill(posts: readonly Post[]): Promise<void>;
  /** Puts new processes in the places of the dead, and answers the ids of these. */
  replaceDead(): number[];
  /** By process id, the living and the dead. */
  readonly posts: ReadonlyMap<number, Post>;
};

type Manned = { readonly process: TestProcess<unknown>; readonly running: Promise<void> };

export function openFleet(plans: { readonly publisher: PublisherPlan; readonly relay: RelayPlan }, longestLifeMs: number): Fleet {
  const posts = new Map<number, Post>();
  const manned = new Map<Post, Manned>();
  const ready = { publisher: [forkPublisher()], relay: RELAYS.map(() => forkRelay()) };
  const all = new Set<TestProcess<unknown>>([...ready.publisher, ...ready.relay]);

  /** Takes the one that has waited longest, and has another one load its code. */
  function next<Plan>(waiting: TestProcess<Plan>[], fork: () => TestProcess<Plan>): TestProcess<Plan> {
    const added = fork();
    all.add(added);
    waiting.push(added);
    return waiting.shift() ?? added;
  }

  function man(post: Post): void {
    if (post === 'publisher') take(next(ready.publisher, forkPublisher), plans.publisher);
    else take(next(ready.relay, forkRelay), plans.relay);

    function take<Plan>(process: TestProcess<Plan>, plan: Plan): void {
      posts.set(process.pid, post);
      manned.set(post, { process: process as TestProcess<unknown>, running: process.start(plan) });
    }
  }
  const at = (wanted: readonly Post[]): Manned[] =>
    wanted.flatMap((post) => {
      const found = manned.get(post);
      return found === undefined ? [] : [found];
    });
  for (const post of EVERYBODY) man(post);

  return {
    posts,
    async arm(wanted, death) {
      const those = at(wanted);
      await Promise.all(those.map(({ running }) => running));
      await Promise.all(those.map(({ process }) => process.arm(death)));
    },
    async death(wanted) {
      const those = at(wanted).map(({ process }) => process);
      const died = await Promise.race([...those.map(({ ended }) => ended.then(() => true)), pause(longestLifeMs, false)]);
      // The other one may have come to the point meanwhile.
      await Promise.all(those.map((process) => process.disarm()));
      return died;
    },
    kill: async (wanted) => void (await Promise.all(at(wanted).map(({ process }) => process.kill()))),
    replaceDead() {
      const dead = [...manned].filter(([, { process }]) => process.isGone());
      for (const [post] of dead) man(post);
      return dead.map(([, { process }]) => process.pid);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...all].map((process) => process.kill()));
    },
  };
}
