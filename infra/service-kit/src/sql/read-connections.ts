// A few connections that all reads of a program share. Statements are sent without waiting for the answers before them (pipelining), and
// those of one turn of the event loop leave in one write. Measured per statement of one row, 32 at a time: 7 µs of CPU instead of 29
// through a pool, most of them system calls; PostgreSQL saves its share of them too.
// Only for reads outside transactions: what is sent behind a statement waits for it, so nothing here may wait for a lock.
import type pg from 'pg';
import { translateDatabaseError } from '../database/database-errors.ts';
import type { Row, RunStatement } from '../reads/reads.ts';

export type ReadConnections = AsyncDisposable & { readonly run: RunStatement };

/** One more connection is opened when every other has this many statements under way: a slow one then holds up few. */
const DEPTH = 8;

type Line = { readonly client: pg.Client; readonly opened: Promise<void>; ready: boolean; underWay: number; corked: boolean };

/** pg's types do not show the socket. It is there from the moment a client is connected. */
type WithSocket = { readonly connection: { readonly stream: { cork(): void; uncork(): void } } };

/** `open` makes a client in pipeline mode, not yet connected. */
export function openReadConnections({ open, max }: { open: () => pg.Client; max: number }): ReadConnections {
  let lines: Line[] = [];
  let disposed = false;

  function openLine(): Line {
    const client = open();
    const line: Line = { client, opened: client.connect().then(() => {}), ready: false, underWay: 0, corked: false };
    const drop = (): void => {
      lines = lines.filter((other) => other !== line);
    };
    // A line that breaks fails what is under way on it and is gone; the next read opens another.
    client.once('error', drop);
    client.on('error', () => {});
    line.opened.then(() => {
      line.ready = true;
    }, drop);
    lines.push(line);
    return line;
  }

  function chooseLine(): Line {
    let chosen: Line | undefined;
    for (const line of lines) {
      if (line.ready && (chosen === undefined || line.underWay < chosen.underWay)) chosen = line;
    }
    if (chosen === undefined) return lines[0] ?? openLine();
    if (chosen.underWay >= DEPTH && lines.length < max && lines.every(({ ready }) => ready)) openLine();
    return chosen;
  }

  function send(line: Line, text: string, values: readonly unknown[]): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      gatherWrites(line);
      line.underWay += 1;
      try {
        line.client.query(text, values as unknown[], (error: Error | null, result: pg.QueryResult<Row>) => {
          line.underWay -= 1;
          if (error) reject(translateDatabaseError(error));
          else resolve(result.rows);
        });
      } catch (error) {
        // The statement was refused before it was sent.
        line.underWay -= 1;
        reject(error);
      }
    });
  }

  function run(text: string, values: readonly unknown[]): Promise<Row[]> {
    if (disposed) return Promise.reject(new Error('The read connections are closed.'));
    const line = chooseLine();
    if (line.ready) return send(line, text, values);
    // Chosen anew: of many that waited for the first connection not all have to go through it.
    return line.opened.then(
      () => run(text, values),
      (error: unknown) => {
        throw translateDatabaseError(error);
      },
    );
  }

  return {
    run,
    async [Symbol.asyncDispose]() {
      disposed = true;
      await Promise.all(lines.map(({ client, opened }) => opened.then(() => client.end()).catch(() => {})));
    },
  };
}

function gatherWrites(line: Line): void {
  if (line.corked) return;
  const { stream } = (line.client as unknown as WithSocket).connection;
  line.corked = true;
  stream.cork();
  setImmediate(() => {
    line.corked = false;
    stream.uncork();
  });
}
