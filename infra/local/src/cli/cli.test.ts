import { AppError } from '@portico/contracts/errors';
import { describe, expect, it } from 'vitest';
import type { Command, CommandIo, Given } from './command.ts';
import { parseRate } from './parse-rate.ts';
import { runCli } from './run-cli.ts';

function run(args: string[], work: Command['run'] = async () => 0): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const io: CommandIo = {
    env: {},
    out: (text) => {
      said.out += `${text}\n`;
    },
    err: (text) => {
      said.err += `${text}\n`;
    },
    readInput: async () => Buffer.alloc(0),
    now: () => new Date(0),
  };
  const commands: Command[] = [
    {
      name: 'keys create',
      about: 'Makes a key.',
      options: {
        scopes: { value: 'list', about: 'What it may do', default: 'read' },
        header: { value: 'text', about: 'Headers', repeated: true },
        json: { about: 'As JSON' },
      },
      run: work,
    },
    { name: 'request', about: 'Asks.', words: ['method', 'target'], options: {}, run: work },
  ];
  return runCli(commands, args, io).then((code) => ({ code, ...said }));
}

describe('the command line', () => {
  it('refuses an unknown option and names the nearest one', async () => {
    const { code, err } = await run(['keys', 'create', '--scope', 'read']);
    expect(code).toBe(2);
    expect(err).toContain('keys create has no option --scope. Did you mean --scopes?');
  });

  it('refuses an option named like a property of every object', async () => {
    expect((await run(['keys', 'create', '--constructor'])).code).toBe(2);
  });

  it('refuses an unknown command and names the nearest one', async () => {
    expect((await run(['reqest', 'GET', '/'])).err).toContain('Did you mean request?');
    expect((await run(['keys', 'delete'])).err).toContain('Did you mean keys create?');
  });

  it('refuses an option that is given twice, of which only one would count', async () => {
    const { code, err } = await run(['keys', 'create', '--scopes', 'read', '--scopes=write']);
    expect([code, err]).toEqual([2, expect.stringContaining('--scopes is given twice.')]);
  });

  it('refuses an option without its value, a missing word and a word too many', async () => {
    expect((await run(['keys', 'create', '--scopes'])).code).toBe(2);
    expect((await run(['request', 'GET'])).err).toContain('<target> is missing');
    expect((await run(['request', 'GET', '/', 'more'])).err).toContain('"more" is one word too many');
  });

  it('explains a command, with defaults, and does not run it', async () => {
    const { code, out } = await run(['keys', 'create', '--help'], () => Promise.reject(new Error('It ran.')));
    expect(code).toBe(0);
    expect(out).toContain('--scopes <list>');
    expect(out).toContain('(default: read)');
  });

  it('hands over defaults, switches and repeated options', async () => {
    const seen: Given[] = [];
    await run(['keys', 'create', '--header', 'a: 1', '--header', 'b: 2', '--json'], async (given) => seen.push(given));
    expect(seen[0]?.text('scopes')).toBe('read');
    expect(seen[0]?.texts('header')).toEqual(['a: 1', 'b: 2']);
    expect(seen[0]?.isSet('json')).toBe(true);
  });

  it('says what failed, field by field, and exits with 1', async () => {
    const { code, err } = await run(['keys', 'create'], () =>
      Promise.reject(new AppError('VALIDATION_ERROR', 'No.', { details: { scopes: 'Unknown.' } })),
    );
    expect(code).toBe(1);
    expect(err).toBe('No.\n  scopes: Unknown.\n');
  });
});

describe('parseRate', () => {
  it('reads a count per unit of time', () => {
    expect(parseRate('100000/h')).toEqual({ limit: 100_000, windowSeconds: 3_600 });
    expect(parseRate('50000/min')).toEqual({ limit: 50_000, windowSeconds: 60 });
    expect(parseRate('5/10s')).toEqual({ limit: 5, windowSeconds: 10 });
  });

  it.each(['', '5', '0/h', '5/0s', '5/constructor', '-5/h', '5/h/h', '1e9/h'])('refuses %j', (text) => {
    expect(() => parseRate(text)).toThrow('is not a rate');
  });
});
