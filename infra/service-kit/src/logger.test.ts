import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function lines(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const written: string[] = [];
  write(createLogger({ program: 'test', level: 'debug', destination: { write: (line: string) => void written.push(line) } }));
  return written.join('');
}

describe('the log', () => {
  it('writes the fields on its list and no others, whatever is passed', () => {
    const passed = { requestId: 'req_1', email: 'ada@example.com', body: { card: '4242' }, headers: { 'x-api-key': 'ak_live_1' } };
    const text = lines((logger) => logger.info(passed, 'request served'));
    expect(JSON.parse(text)).toMatchObject({ level: 'info', program: 'test', requestId: 'req_1', msg: 'request served' });
    expect(text).not.toMatch(/ada@|4242|ak_live/);
  });

  it('tells where an error came from without the values a driver adds to it', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (email)=(ada@example.com) already exists.',
      parameters: ['4242'],
    });
    const text = lines((logger) => logger.error({ err: error }, 'failed'));
    expect(JSON.parse(text).err).toMatchObject({ message: 'duplicate key', code: '23505' });
    expect(text).not.toMatch(/ada@|4242/);
  });
});
