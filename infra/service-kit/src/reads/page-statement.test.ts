import { describe, expect, it } from 'vitest';
import { encodeCursor } from './cursor.ts';
import { anyOf, atLeast, toPrefixQuery } from './filters.ts';
import { type PageRequest, pageStatement } from './page-statement.ts';
import { columnsFor, type ReadModel } from './read-model.ts';

const model: ReadModel = {
  table: 's.thing',
  visible: 't.deleted_at is null',
  columns: {
    id: 't.id',
    name: 't.name',
    owner: ['ownerId'],
    ownerId: 't.owner_id',
    lines: (under) => `lines(${[...under.keys()].join()})`,
  },
  filters: { name: anyOf('t.name'), priceMin: atLeast('t.price') },
  sorts: { createdAt: 't.created_at', name: 't.name' },
};
const none: PageRequest = { filter: {}, sort: [], size: 20, number: 1, cursor: undefined };
const tenant = ['acct_1', 'test'] as const;
const ids = columnsFor(model, new Map([['id', new Map()]]));

function statement(request: Partial<PageRequest>): ReturnType<typeof pageStatement> {
  return pageStatement(model, ids, tenant, { ...none, ...request }, undefined);
}

describe('a page statement', () => {
  it('selects the asked columns, what they are made of, and nothing else', () => {
    const selection = new Map([
      ['owner', new Map([['name', new Map()]])],
      ['lines', new Map([['sku', new Map()]])],
      ['constructor', new Map()],
    ]);
    expect(columnsFor(model, selection).sql).toBe('lines(sku) as "lines", t.owner_id as "ownerId"');
  });

  it('carries values as parameters only', () => {
    const { text, values } = statement({ filter: { name: ["'; drop table x"], priceMin: 3 }, number: 3 });
    expect(text).toBe(
      'select t.id as "id" from s.thing t where t.account_id = $1 and t.mode = $2 and t.deleted_at is null and t.name = any($3) and t.price >= $4 ' +
        'order by t.created_at desc, t.id desc limit $5 offset $6',
    );
    expect(values).toEqual([...tenant, ["'; drop table x"], 3, 20, 40]);
  });

  it('ignores filters that the model does not have', () => {
    expect(statement({ filter: { toString: 'x', nothing: 1, name: null } }).values).toEqual([...tenant, 20]);
  });

  it('compares rows when all keys run one way, and spells it out when they do not', () => {
    const order = 'createdAt desc,id desc';
    const one = statement({
      number: undefined,
      cursor: encodeCursor({ direction: 'after', order, keys: ['2026-01-01 00:00:00+00', 'a'] }),
    });
    expect(one.text).toContain('(t.created_at, t.id) < ($3, $4) order by t.created_at desc, t.id desc limit $5');
    const back = statement({
      number: undefined,
      cursor: encodeCursor({ direction: 'before', order, keys: ['2026-01-01 00:00:00+00', 'a'] }),
    });
    expect(back.text).toContain('(t.created_at, t.id) > ($3, $4) order by t.created_at asc, t.id asc');
    const sort = [{ field: 'name', direction: 'asc' } as const, { field: 'createdAt', direction: 'desc' } as const];
    const mixed = statement({
      sort,
      number: undefined,
      cursor: encodeCursor({ direction: 'after', order: 'name asc,createdAt desc,id desc', keys: ['n', 'c', 'i'] }),
    });
    expect(mixed.text).toContain(
      '((t.name > $3) or (t.name = $3 and t.created_at < $4) or (t.name = $3 and t.created_at = $4 and t.id < $5))',
    );
  });

  it.each([
    '',
    'nonsense',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('["after","name asc,id asc",["x","y"]]').toString('base64url'),
  ])('refuses the cursor %j with a word on why', (cursor) => {
    expect(() => statement({ number: undefined, cursor })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR', details: { cursor: expect.any(String) } }),
    );
  });
});

describe('a word search', () => {
  it.each([
    ['Blue mug', 'blue:* & mug:*'],
    ["o'neil & (x|y):*", 'o:* & neil:* & x:* & y:*'],
    ['Größe 42', 'größe:* & 42:*'],
    ['!!!', "'\u0001'"],
  ])('%j → %j', (text, query) => {
    expect(toPrefixQuery(text)).toBe(query);
  });
});
