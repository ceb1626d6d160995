// A connection to Redis that nothing waits for. What Redis does for us can be done without it, so a command has a short deadline, none is
// queued while Redis is away, and one that failed makes the connection count as down until Redis answers again.
import { Redis } from 'ioredis';

export type RedisConnection = AsyncDisposable & {
  /** For libraries that take the client itself; what they ask of it goes through `run`. */
  readonly client: Redis;
  isUp(): boolean;
  /** Runs a command within the deadline. Rejects at once while Redis is down; a command that fails makes it count as down. */
  run<Result>(command: (client: Redis) => Promise<Result>): Promise<Result>;
  /** Asks Redis now whether it does what it is there for. */
  answers(): Promise<boolean>;
};

export type RedisOptions = {
  url: string;
  /** Of one command. */
  timeoutMs: number;
  /** Told once per change, and of the state that the connection begins with. `reason`: why it is down. */
  onChange(up: boolean, reason: string): void;
};

const CONNECT_TIMEOUT_MS = 1_000;
const RETRY_MS = 250;
const TRY_AGAIN_MS = 500;
/** A client's own commands, which have no deadline of ours, end after this many. */
const BACKSTOP = 4;
/** A connection through which nothing has come for so long, although something was asked, is made anew: a network may have dropped it untold. */
const SILENCE_MS = 2_000;
/** Why it is down where nothing else says it. */
const CLOSED = 'the connection was closed';
/**
 * What all is built on. A replica, a Redis whose memory is full and one that cannot save answer a ping and refuse this; so does a node of a
 * cluster, for keys that are not all its own.
 */
const TRY_OUT = `for i = 1, #KEYS do redis.call('SET', KEYS[i], '1') redis.call('DEL', KEYS[i]) end return 'done'`;
const TRIED_KEYS = ['portico:tried:1', 'portico:tried:2'];

/** Answers when Redis is connected, or the first try has failed; from then on it tries again by itself. */
export async function openRedis(options: RedisOptions): Promise<RedisConnection> {
  const { connection, tried } = connectRedis(options);
  await tried;
  return connection;
}

/** The same for who does not wait: the connection counts as down until Redis has answered. `tried`: the first try has ended. */
export function connectRedis({ url, timeoutMs, onChange }: RedisOptions): { connection: RedisConnection; tried: Promise<void> } {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: timeoutMs * BACKSTOP,
    enableOfflineQueue: false,
    // The client's own check waits until Redis has loaded its data. We try it out instead.
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    socketTimeout: SILENCE_MS,
    retryStrategy: () => RETRY_MS,
  });
  let up: boolean | undefined;
  let later: NodeJS.Timeout | undefined;
  let closing = false;
  let lastError = CLOSED;

  function become(next: boolean, reason = ''): void {
    if (up === next || closing) return;
    up = next;
    onChange(next, reason);
  }
  async function run<Result>(command: (client: Redis) => Promise<Result>): Promise<Result> {
    if (up !== true) throw new Error('Redis is down.');
    try {
      return await withDeadline(command(client), timeoutMs);
    } catch (error) {
      failed(error, tryNow);
      throw error;
    }
  }
  /** A connection that stands but failed a command is tried; one that does not do what it is for is made anew: another server may be there by now. */
  function tryNow(): Promise<void> {
    return withDeadline(tryOut(client), timeoutMs).then(
      () => become(true),
      (error) => failed(error, () => client.disconnect(true)),
    );
  }
  /** `next`: done in a while, unless the connection broke and the client makes it anew by itself. */
  function failed(error: unknown, next: () => unknown): void {
    become(false, error instanceof Error ? error.message : String(error));
    if (closing || later !== undefined) return;
    later = setTimeout(() => {
      later = undefined;
      if (up !== true && client.status === 'ready') next();
    }, TRY_AGAIN_MS).unref();
  }

  let firstTry: Promise<void> | undefined;
  client.on('error', (error: Error) => {
    lastError = error.message || lastError;
  });
  client.on('ready', () => {
    lastError = CLOSED;
    firstTry = tryNow();
  });
  client.on('close', () => become(false, lastError));
  const tried = client.connect().then(
    () => firstTry,
    () => become(false, lastError),
  );
  const connection: RedisConnection = {
    client,
    isUp: () => up === true,
    run,
    answers: () =>
      run(tryOut).then(
        () => true,
        () => false,
      ),
    async [Symbol.asyncDispose]() {
      closing = true;
      clearTimeout(later);
      client.disconnect();
    },
  };
  return { connection, tried };
}

async function tryOut(client: Redis): Promise<void> {
  if ((await client.eval(TRY_OUT, TRIED_KEYS.length, ...TRIED_KEYS)) !== 'done') throw new Error('What answers is no Redis.');
}

function withDeadline<Result>(answer: Promise<Result>, timeoutMs: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`Redis did not answer within ${timeoutMs} ms.`));
    // A busy process runs its timers before it reads what has come in the meantime: one more turn tells a slow Redis from a slow process.
    const timer = setTimeout(() => setImmediate(late), timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
