// What our statements, and the reading of their answers, rely on: it is so in every session of ours, whatever an operator has set on the server, the
// database or the role.
const RELIED_ON = {
  timezone: 'UTC',
  // pg reads dates in this style alone: of another one it would take the month for the day.
  datestyle: 'ISO',
  // Who waits for a row goes on with what it has become.
  default_transaction_isolation: 'read committed',
  // Whoever waits for a lock waits as long as its statement may take.
  lock_timeout: 0,
};

/** Of a pg client: `options` of its configuration, which come before what is set anywhere else. */
export function sessionOptions(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries({ ...RELIED_ON, ...settings })
    .map(([name, value]) => `-c ${name}=${String(value).replaceAll(' ', '\\ ')}`)
    .join(' ');
}
