import { silentLogger } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { createTellOwners } from './tell-owners.ts';

const notice = {
  endpointId: 'wh_1',
  accountId: 'acct_1',
  mode: 'live',
  url: 'https://partner.example/hooks',
  reason: 'gone',
  at: new Date('2026-02-06T00:00:00Z'),
  failingSince: null,
} as const;
const owners = ['ada', 'ben'].map((name) => ({ id: `mem_${name}`, email: `${name}@example.com` }));

/** `failures`: what the mail server says to each address, while it says so. */
function telling(failures: Map<string, Error>) {
  const sent: string[] = [];
  const tell = createTellOwners({
    ownersOf: async () => ({ accountName: 'Shop', owners }),
    mailer: {
      async send({ to }) {
        const failure = failures.get(to);
        if (failure !== undefined) throw failure;
        sent.push(to);
      },
    },
    portalOrigin: 'https://portal.example',
    logger: silentLogger,
  });
  return { tell, sent };
}

describe('telling the owners of an account', () => {
  it('is to be tried again while one cannot be reached, and then writes to that one alone', async () => {
    const failures = new Map([['ada@example.com', new Error('The mail server is away.')]]);
    const { tell, sent } = telling(failures);
    await expect(tell(notice)).rejects.toThrow('Not every owner');
    expect(sent).toEqual(['ben@example.com']);
    failures.clear();
    await tell(notice);
    expect(sent).toEqual(['ben@example.com', 'ada@example.com']);
  });

  it('does not wait for ever for an address that the mail server refuses', async () => {
    const refused = Object.assign(new Error('No such mailbox.'), { responseCode: 550 });
    const { tell, sent } = telling(new Map([['ada@example.com', refused]]));
    await tell(notice);
    expect(sent).toEqual(['ben@example.com']);
  });

  it('of the same webhook disabled again writes again', async () => {
    const { tell, sent } = telling(new Map());
    await tell(notice);
    await tell({ ...notice, at: new Date('2026-03-01T00:00:00Z') });
    expect(sent).toHaveLength(4);
  });
});
