/** What the server's programs see of our environment. Variables such as PGDATA or PGPORT of the user's own PostgreSQL stay outside. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}
