// A transaction whose connection breaks cannot begin, commit or roll back, and Kysely, which the ORM stands on, returns a connection to the pool only
// after one of these has succeeded. Each such break would take a place of the pool for good. So the pool takes a connection that ends back by itself.
import type pg from 'pg';

/** From here on a connection that ends while somebody has it leaves the pool at once; who has it may still release it, which does nothing then. */
export function returnBrokenConnections(pool: pg.Pool): void {
  const watched = new WeakSet<pg.PoolClient>();
  const held = new WeakSet<pg.PoolClient>();
  pool.on('acquire', (client) => {
    held.add(client);
    if (watched.has(client)) return;
    watched.add(client);
    client.once('end', () => {
      if (!held.has(client)) return;
      client.release(true);
      client.release = () => {};
    });
  });
  pool.on('release', (_, client) => void held.delete(client));
}
