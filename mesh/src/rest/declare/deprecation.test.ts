import { describe, expect, it } from 'vitest';
import { announce } from './deprecation.ts';

const WHAT = 'GET /api/v1/orders/{orderId}';

describe('a deprecation', () => {
  it('is told by headers and a warning, with the successor of the path that was asked', () => {
    const { warning, headers } = announce(
      WHAT,
      { since: '2026-01-31', sunset: '2026-08-01', successor: '/api/v2/orders/{order_id}' },
      '/docs/migration',
    );
    expect(headers({ orderId: 'a>b"; rel=x' })).toEqual([
      ['deprecation', '@1769817600'],
      ['sunset', 'Sat, 01 Aug 2026 00:00:00 GMT'],
      ['link', '</docs/migration>; rel="deprecation"; type="text/html"'],
      ['link', '</api/v2/orders/a%3Eb%22%3B%20rel%3Dx>; rel="successor-version"'],
    ]);
    expect(warning).toEqual({
      code: 'DEPRECATED',
      message: `${WHAT} is deprecated since 2026-01-31 and ends on 2026-08-01. Use /api/v2/orders/{order_id}.`,
    });
  });

  it('needs no successor', () => {
    const { warning, headers } = announce(WHAT, { since: '2026-01-31', sunset: '2026-08-01' }, '/docs/migration');
    expect(headers({}).map(([name]) => name)).toEqual(['deprecation', 'sunset', 'link']);
    expect(warning.message).toBe(`${WHAT} is deprecated since 2026-01-31 and ends on 2026-08-01.`);
  });

  it.each([
    ['2026-01-31', '2026-07-30', '2026-07-31'],
    ['2026-01-31', '2026-01-31', '2026-07-31'],
    ['2026-01-31', '2020-01-01', '2026-07-31'],
    // There is no 31st of February: half a year is not shorter for that.
    ['2026-08-31', '2027-02-28', '2027-03-03'],
  ])('of %s cannot end on %s', (since, sunset, earliest) => {
    expect(() => announce(WHAT, { since, sunset }, '')).toThrow(
      `${WHAT} is deprecated since ${since}, so its sunset cannot be ${sunset}: 6 months of notice end on ${earliest}.`,
    );
  });

  it.each(['2026-02-30', 'soon', '', '2026-01-31T00:00:00Z'])('has days: %j is none', (sunset) => {
    expect(() => announce(WHAT, { since: '2026-01-01', sunset }, '')).toThrow(/a sunset that is no day/);
  });
});
