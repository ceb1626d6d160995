import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Client, Providers } from '../create-client.ts';
import type { Operation, Schema } from '../declaration/operation.ts';
import { type KitOptions, openKit } from './virtual/open-kit.ts';
import type { Reply } from './virtual/reply.ts';
import type { VirtualAuthority } from './virtual/virtual-authority.ts';
import type { VirtualClock } from './virtual/virtual-clock.ts';
import type { SentRequest } from './virtual/virtual-network.ts';
import type { VirtualSecrets } from './virtual/virtual-secrets.ts';

type BodyOf<Op> =
  Op extends Operation<infer D> ? (D['response'] extends Schema ? StandardSchemaV1.InferInput<D['response']> : unknown) : never;

type Scripts<Declared extends Providers> = {
  readonly [Name in keyof Declared]: {
    readonly [Op in keyof Declared[Name]['operations']]: {
      /** How its requests are answered, one after the other; the last one stays. Instead of what was said before. */
      replies(...replies: Reply<BodyOf<Declared[Name]['operations'][Op]>>[]): void;
    };
  };
};

export type TestClient<Declared extends Providers> = AsyncDisposable &
  Scripts<Declared> & {
    /** The client, as a program has it. */
    readonly call: Client<Declared>;
    readonly clock: VirtualClock;
    /** What was sent. */
    readonly requests: readonly SentRequest[];
    /** What was logged. */
    readonly lines: readonly unknown[];
    readonly authority: VirtualAuthority;
    readonly secrets: VirtualSecrets;
  };

/**
 * The client over these providers without network, Redis, credentials or waiting: for tests of what calls them. An operation that is called
 * without a reply rejects with TypeError. Throws ConfigError as `createClient` does.
 */
export function testClient<const Declared extends Providers>(providers: Declared, options: KitOptions = {}): TestClient<Declared> {
  const { client, clock, network, authority, secrets, lines } = openKit(providers, options);
  const own = { call: client, clock, requests: network.requests, lines, authority, secrets };
  const taken = Object.keys(providers).find((name) => Object.hasOwn(own, name));
  if (taken !== undefined) throw new TypeError(`A test client has a "${taken}" of its own: give the provider another name.`);
  const scripts = Object.entries(providers).map(([name, { operations }]) => {
    const replies =
      (operation: string) =>
      (...given: Reply[]) =>
        network.reply(name, operation, given);
    return [name, Object.fromEntries(Object.keys(operations).map((operation) => [operation, { replies: replies(operation) }]))];
  });
  // Built from the very declarations that the type is made of.
  return Object.assign(Object.fromEntries(scripts), own, {
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  }) as TestClient<Declared>;
}
