import type { ConnectionOptions } from 'nats';

/** `nats://user:password@host:port`, `nats://token@host:port`, `tls://…`: the client itself takes no credentials from an address. */
export function natsAddress(url: string): Pick<ConnectionOptions, 'servers' | 'user' | 'pass' | 'token' | 'tls'> {
  const { protocol, host, username, password } = new URL(url);
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  const credentials = user === '' ? {} : pass === '' ? { token: user } : { user, pass };
  return { servers: host, ...credentials, ...(protocol === 'tls:' ? { tls: {} } : {}) };
}
