import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', '**/.data/**', '**/.toolchain/**'];

// Vite prefers a package's `module` file, Node its `main`: without this there would be two copies of graphql, which do not know each other's schemas.
const graphql = createRequire(new URL('./mesh/package.json', import.meta.url)).resolve('graphql');
const shared = { extends: true as const };

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: graphql }] },
  test: {
    reporters: ['default', './test/setup/summary-reporter.ts'],
    projects: [
      {
        // Pure code, no servers.
        ...shared,
        test: {
          name: 'unit',
          include: ['{admin,infra,mesh,subgraphs,test,webhook-relay}/**/*.test.ts'],
          exclude: [...ignored, '**/*.integration.test.ts', 'test/{scenarios,browser,conformance,faults}/**'],
        },
      },
      {
        // One program against its real servers. Every file has databases of its own.
        ...shared,
        test: {
          name: 'integration',
          include: ['{admin,infra,mesh,subgraphs,webhook-relay}/**/*.integration.test.ts', 'test/conformance/**/*.test.ts'],
          exclude: ignored,
          globalSetup: ['./test/setup/servers.ts'],
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // The whole platform over HTTP, as an integrator sees it.
        ...shared,
        test: {
          name: 'scenarios',
          include: ['test/{scenarios,browser}/**/*.test.ts'],
          exclude: ignored,
          globalSetup: ['./test/setup/servers.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Real processes that are killed, brokers that lose their store. They count and measure, so few run beside each other.
        ...shared,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          exclude: ignored,
          globalSetup: ['./test/setup/servers.ts'],
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
