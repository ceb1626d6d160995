// What processes tell each other about a provider, and what follows from it.
import type { Outcomes } from './breaker-window.ts';

/** `generation` grows with every closing: what was counted before it counts no more. `openUntil`: 0 when closed. */
export type FleetState = { readonly generation: number; readonly openUntil: number };
/** A process's last 60 s. `at`: ms of the epoch. */
export type NodeReport = Outcomes & { readonly generation: number; readonly at: number };

/** Written four times a second; one that is older than this has stopped. */
const REPORT_LIVES_MS = 3_000;

export function isFresh({ at }: NodeReport, now: number): boolean {
  return now - at <= REPORT_LIVES_MS;
}

/** Whether the fleet opens: the sum fails, and at least two processes fail, or the only one that has traffic. */
export function decideForFleet(reports: readonly NodeReport[], isTripped: (sum: Outcomes) => boolean, failureRatio: number): boolean {
  const busy = reports.filter(({ total }) => total > 0);
  const failing = busy.filter(({ total, failed }) => failed > total * failureRatio);
  if (failing.length < 2 && !(failing.length === 1 && busy.length === 1)) return false;
  return isTripped({ total: sumOf(busy.map(({ total }) => total)), failed: sumOf(busy.map(({ failed }) => failed)) });
}

export function stateText({ generation, openUntil }: FleetState): string {
  return `${generation}:${openUntil}`;
}

export function parseState(text: string): FleetState | undefined {
  const [generation, openUntil] = numbersOf(text, 2);
  return generation === undefined || openUntil === undefined ? undefined : { generation, openUntil };
}

export function reportText({ generation, total, failed, at }: NodeReport): string {
  return `${generation}:${total}:${failed}:${at}`;
}

export function parseReport(text: unknown): NodeReport | undefined {
  const [generation, total, failed, at] = numbersOf(String(text), 4);
  if (generation === undefined || total === undefined || failed === undefined || at === undefined) return undefined;
  return { generation, total, failed, at };
}

/** Empty when it is not so many whole numbers. */
function numbersOf(text: string, count: number): number[] {
  const numbers = text.split(':').map(Number);
  return numbers.length === count && text !== '' && numbers.every(Number.isSafeInteger) ? numbers : [];
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
