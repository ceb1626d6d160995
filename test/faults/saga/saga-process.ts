// The platform in a process that is to die. It serves the requests it was given side by side, and kills itself when each of them has either
// come to the point or ended before it; or it sweeps what others left until it is told to stop.
import { flushCompileCache } from 'node:module';
import { newId } from '@portico/contracts/ids';
import { startSubgraphs } from '@portico/local/start/start-subgraphs';
import type { PaymentsSettings } from '@portico/payments/server';
import { onWork } from '@portico/service-kit/subgraph/work-state';
import { silentLogger } from '@portico/service-kit/testing';
import { type Holds, holdStatements, type Work } from './hold-statements.ts';
import { LEFT_TO_SWEEP, PAYING_LATER, PLACING, type Point } from './saga-points.ts';
import { payOrder, placeOrder, type ShopRequest } from './shop-request.ts';
import { withholdAnswers } from './withhold-answers.ts';

export type Settings = PaymentsSettings & { internalSecret: string };
export type Command =
  | { kind: 'die'; settings: Settings; point: string; requests: ShopRequest[] }
  | { kind: 'sweep'; settings: Settings; aheadMs: number };
/** `held`: the requests that were at the point when the process died. `settled`: what a sweeping process has just done. */
export type Report = { kind: 'held'; held: string[] } | { kind: 'settled'; as: string };

// Where Node keeps what it compiles, it writes it when a process ends: most of these do not come to their end.
flushCompileCache();
const command = JSON.parse(process.env.COMMAND ?? '') as Command;
if (command.kind === 'sweep') await sweep(command);
else await die(command);

async function sweep({ settings, aheadMs }: Extract<Command, { kind: 'sweep' }>): Promise<void> {
  using _ = onWork({ settled: ({ work, kind }) => process.send?.({ kind: 'settled', as: `${work} ${kind}` } satisfies Report) });
  await using _subgraphs = await startSubgraphs(settings, {
    loggerOf: () => silentLogger,
    now: () => new Date(Date.now() + aheadMs),
  });
  await new Promise((resolve) => process.once('message', resolve));
  process.disconnect();
}

async function die({ settings, point: name, requests }: Extract<Command, { kind: 'die' }>): Promise<void> {
  const point = pointNamed(name);
  const ended = new Set<string>();
  let dying = false;
  const isOver = ({ token }: ShopRequest): boolean => holds.isHeld(token) || ended.has(token);
  const look = (): void => {
    if (dying || point.phase === 'sweep' || !requests.every(isOver)) return;
    dying = true;
    killSelf(requests.filter(({ token }) => holds.isHeld(token)).map(({ token }) => token));
  };
  const holds = holdStatements(look);
  const tokenOfKey = new Map(requests.map(({ token, orderId, paySeed }) => [newId('payment', paySeed ?? orderId), token]));
  const provider = await withholdAnswers(settings.provider?.SANDBOX_PROVIDER_URL ?? '', (key) => holds.hold(tokenOfKey.get(key) ?? key));
  const clock = { aheadMs: 0 };
  const { client, subgraphs } = await startSubgraphs(
    { ...settings, provider: settings.provider && { ...settings.provider, SANDBOX_PROVIDER_URL: provider.url } },
    { loggerOf: () => silentLogger, now: () => new Date(Date.now() + clock.aheadMs) },
  );
  const later = requests.filter(({ paySeed }) => paySeed !== undefined);
  for (const request of later) await placeOrder(client, request);
  holds.stopAt(point.phase === 'sweep' ? LEFT_TO_SWEEP : point);
  if (point.at === 'provider answers') provider.withholdCharges();
  const served = requests.map(async (request) => {
    const work: Work = { name: request.token, phase: request.paySeed === undefined ? 'place' : 'pay' };
    const serve = request.paySeed === undefined ? placeOrder : payOrder;
    await holds.run(work, () => serve(client, request)).catch(() => {});
    ended.add(request.token);
    look();
  });
  if (point.phase !== 'sweep') return;
  await until(() => requests.every(isOver), served);
  await dieSweeping(holds, point, requests, clock, () => subgraphs.orders.runTask('settle-left-tasks'));
}

/** As many sweeps as there are orders, each stopped at the point or done. */
async function dieSweeping(
  holds: Holds,
  point: Point,
  requests: readonly ShopRequest[],
  clock: { aheadMs: number },
  sweepOne: () => Promise<number>,
): Promise<void> {
  holds.stopAt(point);
  clock.aheadMs = 31_000;
  const sweeps = requests.map((_, nth) => `sweep ${nth}`);
  const done = new Set<string>();
  const swept = sweeps.map(async (name) => {
    await holds.run({ name, phase: 'sweep' }, sweepOne);
    done.add(name);
  });
  await until(() => sweeps.every((name) => holds.isHeld(name) || done.has(name)), swept);
  killSelf(sweeps.filter((name) => holds.isHeld(name)));
}

/** Works that are held never end, so it is looked at whenever the event loop comes around. */
async function until(isSo: () => boolean, works: readonly Promise<void>[]): Promise<void> {
  for (const work of works) work.catch(() => {});
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function killSelf(held: string[]): void {
  process.send?.({ kind: 'held', held } satisfies Report, () => process.kill(process.pid, 'SIGKILL'));
}

function pointNamed(name: string): Point {
  const point = [...PLACING, ...PAYING_LATER].find((one) => one.name === name);
  if (point === undefined) throw new Error(`There is no point ${name}.`);
  return point;
}
