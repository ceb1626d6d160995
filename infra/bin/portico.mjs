#!/usr/bin/env node
// Puts the toolchain (pnpm, and Node 24 where the running one is older) into .toolchain/, installs the
// dependencies, and runs the script `portico:<name>`.
// Plain JavaScript without dependencies: it must run on Node 20 before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { constants as system } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_VERSION = '24.21.0';
const windows = process.platform === 'win32';
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const tools = join(root, '.toolchain');
const bin = join(tools, 'node_modules', '.bin');
const { engines, packageManager, scripts } = readJson(join(root, 'package.json'));
// What Node compiles and strips of types is kept: a second start is a second faster (5.2 and 4.1 s on two slow cores).
const env = {
  NODE_COMPILE_CACHE: join(tools, 'compile-cache'),
  ...cleanEnv(),
  PATH: [join(root, 'node_modules', '.bin'), bin, process.env.PATH].join(delimiter),
};

installToolchain();
installDependencies();
runScript(process.argv[2], process.argv.slice(3));

function installToolchain() {
  const wanted = [packageManager.split('+')[0].split('@')];
  if (!nodeIsNewEnough()) wanted.push([nodePackage(), NODE_VERSION]);
  const missing = wanted.filter(([name, version]) => installedVersion(name) !== version);
  if (missing.length === 0) return;
  const specs = wanted.map((pair) => pair.join('@'));
  if (!isWritable(existsSync(tools) ? tools : root)) {
    fail(
      `${specs.join(' and ')} would go into ${tools}, which cannot be written to. Run this once as a user who may, or make it writable.`,
    );
  }
  say(`fetching ${specs.join(' and ')} into .toolchain (once)`);
  // Options that would send the packages elsewhere, or leave the platform's programs out, may be set in a user's npmrc: here they are not.
  const fixed = ['--global=false', '--workspaces=false', '--dry-run=false', '--include=optional', '--include=prod'];
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawnSync(windows ? 'npm.cmd' : 'npm', ['install', '--prefix', tools, ...fixed, ...quiet, ...specs], {
    cwd: root,
    // Standard output belongs to the script: `portico keys create --json` is read by programs.
    stdio: ['ignore', 2, 2],
    shell: windows,
    env: cleanEnv(),
  });
  if (npm.status === 0) return;
  if (npm.error !== undefined) say(`npm: ${npm.error.message}`);
  fail(`npm could not install ${specs.join(' and ')}. Check that npm reaches its registry, or install Node ${engines.node}.`);
}

// pnpm installs what the lockfile asks for and node_modules lacks (verifyDepsBeforeRun). It takes 0.3 s when there is nothing to do.
function installDependencies() {
  const pnpm = join(bin, windows ? 'pnpm.cmd' : 'pnpm');
  const check = spawnSync(pnpm, ['exec', 'node', '--version'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 2],
    shell: windows,
    env,
    encoding: 'utf8',
  });
  if (check.status === 0) return;
  if (check.error !== undefined) say(`pnpm: ${check.error.message}. Delete .toolchain and try again.`);
  process.stderr.write(check.stdout ?? '');
  fail('the dependencies could not be installed');
}

// Not by pnpm: on Ctrl-C it reports a failure and leaves while the script is still stopping.
function runScript(name, args) {
  const script = scripts[`portico:${name}`];
  if (script === undefined) fail(`there is no script portico:${name}`);
  // A single command replaces the shell, so that signals reach it and not a shell that would die of them.
  const command = /[&|;]/.test(script) ? script : `exec ${script}`;
  const [shell, ...words] = windows
    ? [`${script} ${args.map((arg) => JSON.stringify(arg)).join(' ')}`]
    : ['/bin/sh', '-c', `${command} "$@"`, name, ...args];
  // The script stops by itself when this process is killed; it knows whom to watch by this.
  const child = spawn(shell, words, {
    cwd: root,
    stdio: 'inherit',
    shell: windows,
    env: { ...env, PORTICO_STARTED_BY: String(process.pid) },
  });
  child.once('error', (error) => fail(error.message));
  // Whoever sent it, the script decides what a signal means and when it ends; it takes one that arrives twice for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  stopWithNpm(child);
  child.once('exit', (code, signal) => process.exit(code ?? 128 + system.signals[signal]));
}

// A killed npm cannot pass its end on: what it runs, a shell and in it this process, would go on unseen.
function stopWithNpm(child) {
  const npm = process.env.npm_lifecycle_event === undefined ? undefined : statOf(process.ppid)?.parent;
  if (npm === undefined || npm <= 1) return;
  setInterval(() => {
    if (statOf(npm)?.running !== true) child.kill('SIGTERM');
  }, 250).unref();
}

/** Undefined for a process that is gone, and where the system does not tell in /proc. */
function statOf(pid) {
  try {
    // After the name, which may hold anything and is in parentheses: state and parent. A zombie (Z) is dead, and only not yet missed.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return { running: state !== 'Z', parent: Number(parent) };
  } catch {
    return undefined;
  }
}

// What npm exports to its scripts describes npm's own run. pnpm would read it as settings of its own.
// The registry, proxies and certificates a user has set stay.
function cleanEnv() {
  const env = { ...process.env };
  const runOfNpm =
    /^npm_(lifecycle|package|execpath|node_execpath|command|config_(user_agent|prefix|local_prefix|global_prefix|globalconfig|global|location|noproxy|npm_version|node_gyp|init_module|workspaces?|include_workspace_root|dry_run|omit|include|only|production|optional))/i;
  for (const key of Object.keys(env)) if (runOfNpm.test(key)) delete env[key];
  return env;
}

function nodeIsNewEnough() {
  const [neededMajor] = engines.node.match(/\d+/);
  return Number(process.versions.node.split('.')[0]) >= Number(neededMajor);
}

function nodePackage() {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'win' }[process.platform];
  if (platform === undefined) fail(`There is no Node ${engines.node} to fetch for ${process.platform}. Install it, then start again.`);
  // On Apple silicon the binary lives under another name in the registry.
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${platform}-${process.arch}`;
}

function installedVersion(name) {
  try {
    return readJson(join(tools, 'node_modules', name, 'package.json')).version;
  } catch {
    return undefined;
  }
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function say(text) {
  process.stderr.write(`[portico] ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
