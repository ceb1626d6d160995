import { Counter, type Registry } from 'prom-client';
import { onStatement } from '../sql/statement-log.ts';

export function showStatements(registry: Registry): Disposable {
  const statements = new Counter({
    name: 'portico_sql_statements_total',
    help: 'SQL statements sent by this process.',
    labelNames: ['program'],
    registers: [registry],
  });
  // Found by their labels once, not per statement.
  const counters = new Map<string, Counter.Internal>();
  return onStatement(({ program }) => {
    let counter = counters.get(program);
    if (counter === undefined) {
      counter = statements.labels({ program });
      counters.set(program, counter);
    }
    counter.inc();
  });
}
