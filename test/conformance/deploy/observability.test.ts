import type { AuditSink } from '@portico/contracts/audit';
import { createCallMetrics } from '@portico/integration-client/observe/call-metrics';
import { showAuditLoss } from '@portico/mesh/audit/show-audit-loss';
import { createMetrics } from '@portico/mesh/metrics';
import { publishDeliveryNews } from '@portico/service-kit/metrics/delivery-state';
import { WORK_KINDS } from '@portico/service-kit/subgraph/work-state';
import { describe, expect, it } from 'vitest';
import { documentsOf, readDeploy } from './read-manifests.ts';

type Rules = { groups: { rules: { alert?: string; record?: string; expr: string; annotations?: { summary: string } }[] }[] };
type Dashboard = { panels: { title: string; targets: { expr: string }[] }[] };

const rules = (documentsOf('observability/alerts.yaml')[0] as Rules).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readDeploy('observability/dashboard.json')) as Dashboard;
const expressions = [...rules.map(({ expr }) => expr), ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];

/** Every metric that a process may show, with its labels where the metric has them from the start. */
async function exposed(): Promise<Set<string>> {
  using metrics = createMetrics();
  const audit: AuditSink = { record: () => {}, flush: () => Promise.resolve(), dropped: 0 };
  metrics.watchRedis(() => true);
  showAuditLoss(metrics.registry, audit);
  createCallMetrics(metrics.registry, Date.now);
  publishDeliveryNews({ kind: 'circuit-opened' });
  const shown = await metrics.registry.getMetricsAsJSON();
  return new Set(
    shown.flatMap(({ name, type }) => {
      const suffixes = String(type) === 'histogram' ? ['_bucket', '_count', '_sum'] : [''];
      return suffixes.map((suffix) => name + suffix);
    }),
  );
}

describe('alert rules and dashboard', () => {
  it('name only metrics that processes show', async () => {
    const shown = await exposed();
    const named = new Set(expressions.flatMap((expr) => expr.match(/\b(?:portico|integration|process|nodejs|secret)_\w+/g) ?? []));
    expect(named.size).toBeGreaterThan(20);
    expect([...named].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('use only ratios that are recorded, and kinds of settlement that there are', () => {
    const recorded = rules.flatMap(({ record = [] }) => record);
    const used = expressions.flatMap((expr) => expr.match(/portico:[\w:]+/g) ?? []);
    expect([...new Set(used)].toSorted()).toEqual(recorded.toSorted());
    const kinds = expressions.flatMap((expr) => /kind=~"([^"]+)"/.exec(expr)?.[1]?.split('|') ?? []);
    expect(kinds.length).toBeGreaterThan(0);
    expect(kinds.filter((kind) => !(WORK_KINDS.payments as readonly string[]).includes(kind))).toEqual([]);
  });

  it('say for each alert what is wrong, and in the guide what to do', () => {
    const alerts = rules.filter(({ alert }) => alert !== undefined);
    expect(alerts.filter(({ annotations }) => annotations?.summary === undefined)).toEqual([]);
    const guide = readDeploy('README.md');
    expect(alerts.map(({ alert }) => alert).filter((alert) => !guide.includes(`\`${alert}\``))).toEqual([]);
  });
});
