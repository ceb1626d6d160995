import { describe, expect, it } from 'vitest';
import { allTenants, createTenancyGate, TenancyError } from './tenancy-gate.ts';

const gate = createTenancyGate(['orders.order', 'orders.order_line']);

describe('the tenancy gate', () => {
  it.each([
    'select * from orders.order',
    'select * from "orders"."order" as o where o.id = $1',
    'select 1 from other.thing t join orders.order o on o.id = t.id where t.account_id = $1',
    'update orders.order set status = $1 where id = $2',
    'delete from "orders"."order" where "id" in ($1)',
    // One of two tables is bound, the other is not.
    'select (select json_agg(l) from orders.order_line l) from orders.order t where t.account_id = $1',
    // A value that looks like the missing condition is still a value.
    `select * from orders.order where note = 'account_id = $1'`,
    `select * from orders.order where note = E'it\\'s account_id = $1'`,
    'select * from/**/orders.order',
    `select * from -- its rows\n "orders" . "order"`,
    '/* account_id = $1 */ select * from orders.order -- account_id = $1',
    `select '/*', * from orders.order where note <> '*/'`,
    'select * from other.thing, orders.order',
    'delete from other.thing t using orders.order o where o.id = t.id',
    'insert into other.thing select * from orders.order',
    'insert into orders.order (id) select id from orders.order where id = $1',
    'with copied as (insert into other.thing select * from orders.order returning id) select * from copied',
    'table orders.order',
    '/* all tenants: */ select * from orders.order',
    "select '/* all tenants: x */ ' from orders.order",
  ])('stops %s', (text) => {
    expect(() => gate(text)).toThrow(TenancyError);
  });

  it.each([
    'select * from orders.order t where t.account_id = $1 and t.mode = $2',
    `select "o".* from "orders"."order" as "o" where "o"."account_id" = 'acct_1' and "o"."id" = 'x'`,
    'select (select json_agg(l.id) from orders.order_line l where l.account_id = t.account_id) from orders.order t where t.account_id = $1',
    'insert into orders.order (id) values ($1)',
    'with made as (insert into orders.order (id) values ($1) returning id) select * from made',
    'create table orders.order (id text)',
    'select "order"."id" from other.thing as "order"',
    'update "orders"."order" set "status" = $1, "version" = $2 where "id" = $3 and "version" = $4',
    'select * from orders.order_archive',
    `select * from other.thing where note = 'from orders.order'`,
    `${allTenants('sweeps what a crash left')}select * from orders.order`,
  ])('lets %s pass', (text) => {
    expect(() => gate(text)).not.toThrow();
  });
});
