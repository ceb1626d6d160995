import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { scenariosAtOnce } from './test/setup/scenarios-at-once.ts';

const ignored = ['**/node_modules/**', '**/.data/**', '**/.toolchain/**'];

// Vite prefers a package's `module` file, Node its `main`: without this there would be two copies of graphql, which do not know each other's schemas.
const graphql = createRequire(new URL('./mesh/package.json', import.meta.url)).resolve('graphql');
const shared = { extends: true as const };

// Tests of programs wait for servers and clocks more than they compute: a file more at a time than there are cores. Each has connections of its
// own to PostgreSQL, of which there are a hundred by default. There is no state in a module, so the files of a worker share what it imported
// (`isolate: false`): to import the programs takes longer than most files do.
const cores = availableParallelism();
const programsAtOnce = Math.min(cores + 1, 8);
// The project that is set up first starts them for all, and ends the fleet before the database that it uses.
const servers = ['./test/setup/servers.ts', './test/setup/shared-fleet.ts'];
// Whatever else the machine does can come between real servers and a test: it may try a second time. The end of the run names each test that
// needed that, and it is a defect of the test or of the product all the same.
const retry = 1;

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: graphql }] },
  test: {
    reporters: ['default', './test/setup/summary-reporter.ts'],
    // What is awaited comes at once or not at all; on a busy machine at once takes longer than the second that is the default.
    expect: { poll: { timeout: 20_000 } },
    // For the same reason the times of tests and hooks below are there to end what hangs, and prove nothing.
    projects: [
      {
        // Pure code, no servers.
        ...shared,
        test: {
          name: 'unit',
          testTimeout: 30_000,
          maxWorkers: cores,
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
          globalSetup: servers,
          retry,
          pool: 'forks',
          isolate: false,
          testTimeout: 60_000,
          maxWorkers: programsAtOnce,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // The whole platform over HTTP, as an integrator sees it.
        ...shared,
        test: {
          name: 'scenarios',
          include: ['test/scenarios/**/*.test.ts'],
          exclude: ignored,
          globalSetup: servers,
          retry,
          pool: 'forks',
          isolate: false,
          testTimeout: 120_000,
          maxWorkers: await scenariosAtOnce(process.env.TEST_DATABASE_URL),
          hookTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Pages in a real browser, over the whole platform.
        ...shared,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: ignored,
          globalSetup: [...servers, './test/setup/pages.ts'],
          retry,
          pool: 'forks',
          isolate: false,
          testTimeout: 120_000,
          maxWorkers: cores,
          hookTimeout: 240_000,
          sequence: { groupOrder: 4 },
        },
      },
      {
        // Real processes that are killed, brokers that lose their store. They count and measure, so few run beside each other.
        ...shared,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          exclude: ignored,
          globalSetup: servers,
          retry,
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 400_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
