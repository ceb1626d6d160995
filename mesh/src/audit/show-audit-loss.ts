import type { AuditSink } from '@portico/contracts/audit';
import { Gauge, type Registry } from 'prom-client';

/** Shows in `/metrics` how many records of requests could not be kept. */
export function showAuditLoss(registry: Registry, audit: AuditSink): void {
  new Gauge({
    name: 'portico_audit_records_dropped',
    help: 'Records of requests that could not be kept since the start.',
    registers: [registry],
    collect() {
      this.set(audit.dropped);
    },
  });
}
