import { existsSync } from 'node:fs';
import { createBlindIndex, createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { isInstalled } from '../child-servers/start-child-server.ts';
import type { Command } from '../cli/command.ts';
import { type LocalConfig, loadLocalConfig } from '../config.ts';
import { type Check, withoutCredentials } from '../dependencies/check.ts';
import { checkData } from '../dependencies/check-data.ts';
import { checkPostgres } from '../dependencies/check-postgres.ts';
import { OPTIONAL } from '../dependencies/resolve-dependencies.ts';
import { readClusterState } from '../embedded-postgres/cluster-state.ts';
import { refuseOtherVersion } from '../embedded-postgres/create-cluster.ts';
import { choosePlace } from '../embedded-postgres/place/choose-place.ts';
import { findBinaries } from '../embedded-postgres/place/find-binaries.ts';
import { readPostmaster } from '../embedded-postgres/postmaster-file.ts';
import { urlOf } from '../embedded-postgres/start-embedded-postgres.ts';
import { findRunning } from '../kept/running-file.ts';
import { readSecrets } from '../kept/secrets.ts';
import { isPortTaken } from '../machine/free-port.ts';
import { isAlive } from '../machine/is-alive.ts';
import { messageOf } from '../read-error.ts';
import { givenSecrets } from '../start/open-admin.ts';

type Finding = { name: string; check: Check; advice: string };

const NODE_MAJOR = 24;
const TIMEOUT_MS = 2_000;

export const doctor: Command = {
  name: 'doctor',
  about: 'Looks at everything that a start needs, and says what to do about what is wrong.',
  options: { json: { about: 'Prints one JSON object' } },
  async run(given, io) {
    const config = loadLocalConfig(io.env);
    const findings = await Promise.all([
      node(),
      data(config),
      keys(config),
      postgres(config),
      optional('redis', config.REDIS_URL),
      optional('nats', config.NATS_URL),
      port(config, 'PORT'),
      port(config, 'INTERNAL_PORT'),
    ]);
    const healthy = findings.every(({ check }) => check.ok);
    if (given.isSet('json')) {
      io.out(
        JSON.stringify({
          healthy,
          checks: Object.fromEntries(findings.map(({ name, check, advice }) => [name, check.ok ? check : { ...check, advice }])),
        }),
      );
    } else {
      for (const { name, check, advice } of findings) {
        io.out(`${check.ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(13)}  ${check.ok ? check.detail : check.problem}`);
        if (!check.ok) io.out(`${' '.repeat(21)}${advice}`);
      }
    }
    return healthy ? 0 : 1;
  },
};

function node(): Finding {
  const { node: version } = process.versions;
  const check: Check =
    Number.parseInt(version, 10) >= NODE_MAJOR
      ? { ok: true, detail: `Node ${version}` }
      : { ok: false, problem: `Node ${version} is too old` };
  return { name: 'node', check, advice: `Start through npm (\`npm start\`), which fetches Node ${NODE_MAJOR}, or install it.` };
}

function data({ dataDir }: LocalConfig): Finding {
  const { check, advice } = checkData(dataDir);
  return { name: 'data', check, advice };
}

/** Those that are kept in a file are made at the first start. */
function keys(config: LocalConfig): Finding {
  const advice = 'Correct SECRET_KEYS and BLIND_INDEX_KEY, or unset both to have them made; a file that is broken has to be restored.';
  const finding = (check: Check): Finding => ({ name: 'keys', check, advice });
  try {
    const { secretKeys, blindIndexKey } = readSecrets(config.dataDir, givenSecrets(config));
    if (secretKeys !== undefined) createKeyRing(secretKeys);
    if (blindIndexKey !== undefined) createBlindIndex(blindIndexKey);
    return finding({ ok: true, detail: secretKeys === undefined ? 'made at the first start' : 'whole' });
  } catch (error) {
    return finding({ ok: false, problem: messageOf(error) });
  }
}

async function postgres({ DATABASE_URL: url, dataDir }: LocalConfig): Promise<Finding> {
  if (url !== undefined) {
    const found = await checkPostgres(url, TIMEOUT_MS);
    const check: Check = found.ok ? { ok: true, detail: `${found.detail} at ${withoutCredentials(url)}` } : found;
    return { name: 'postgres', check, advice: 'Correct DATABASE_URL (PostgreSQL 15 or newer), or unset it to use the embedded one.' };
  }
  return { name: 'postgres', check: await embedded(dataDir), advice: 'Set DATABASE_URL to a PostgreSQL 15 or newer, or do what is said.' };
}

async function embedded(dataDir: string): Promise<Check> {
  try {
    const binaries = findBinaries();
    const found = (how: string): Check => ({ ok: true, detail: `embedded ${binaries.version}, ${how}` });
    if (!existsSync(dataDir)) return found('created at the first start');
    const { cluster } = choosePlace({ dataDir, binaries, log: () => {} });
    refuseOtherVersion(cluster);
    const state = readClusterState(dataDir, cluster);
    const running = readPostmaster(cluster);
    if (running === undefined) return found('not running now');
    const answer = state === undefined ? undefined : await checkPostgres(urlOf(state, running.port), TIMEOUT_MS);
    return answer?.ok === false ? answer : found(`running on port ${running.port}`);
  } catch (error) {
    return { ok: false, problem: messageOf(error) };
  }
}

async function optional(name: keyof typeof OPTIONAL, given: string | undefined): Promise<Finding> {
  const { kind, variable, without } = OPTIONAL[name];
  const finding = (check: Check): Finding => ({ name, check, advice: `Correct ${variable}, or unset it.` });
  if (given === 'none') return finding({ ok: true, detail: `not used; ${without} (${variable}=none)` });
  if (given !== undefined) return finding(await kind.check(given, TIMEOUT_MS));
  const detail = isInstalled(kind)
    ? `a start runs the ${kind.command} on PATH (${variable} is not set)`
    : `not needed; ${without} (${variable} is not set, no ${kind.command} on PATH)`;
  return finding({ ok: true, detail });
}

async function port(config: LocalConfig, variable: 'PORT' | 'INTERNAL_PORT'): Promise<Finding> {
  const wanted = config[variable];
  const finding = (check: Check): Finding => ({
    name: variable,
    check,
    advice: `Stop that program, or set ${variable} to another port (0 picks a free one).`,
  });
  if (wanted === 0) return finding({ ok: true, detail: 'picked at the start' });
  if (!(await isPortTaken(wanted))) return finding({ ok: true, detail: `${wanted} is free` });
  const running = findRunning(config.dataDir);
  const alive = running !== undefined && isAlive(running.pid);
  const ours = alive && [running.publicUrl, running.internalUrl].some((url) => Number(new URL(url).port) === wanted);
  return finding(
    ours
      ? { ok: true, detail: `${wanted} is in use by this checkout's Portico (pid ${running.pid})` }
      : { ok: false, problem: `${wanted} is taken by another program` },
  );
}
