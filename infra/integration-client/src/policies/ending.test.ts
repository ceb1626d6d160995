import { describe, expect, it } from 'vitest';
import { Ending } from './ending.ts';

describe('an ending', () => {
  it('is told once to who still listens, with its first reason', () => {
    const ending = new Ending(undefined);
    const told: string[] = [];
    const second = (): void => void told.push('second');
    const gone = (): void => void told.push('gone');
    ending.addEventListener('abort', () => {
      told.push(`first, ${ending.reason}`);
      ending.removeEventListener('abort', gone);
      ending.end('again');
    });
    ending.addEventListener('abort', second);
    ending.addEventListener('abort', second);
    ending.addEventListener('abort', gone);
    expect([ending.aborted, ending.reason]).toEqual([false, undefined]);
    ending.end('over');
    ending.end('over again');
    expect(told).toEqual(['first, over', 'second']);
    expect([ending.aborted, ending.reason]).toEqual([true, 'over']);
  });

  it('follows an AbortSignal or another ending until it is disposed of', () => {
    const caller = new AbortController();
    const call = new Ending(caller.signal);
    const request = new Ending(call);
    const disposed = new Ending(call);
    disposed[Symbol.dispose]();
    caller.abort('left');
    expect([call.reason, request.reason, disposed.aborted]).toEqual(['left', 'left', false]);
    expect(new Ending(caller.signal).reason).toBe('left');
  });
});
