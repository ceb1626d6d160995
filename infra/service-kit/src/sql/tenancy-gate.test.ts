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
    // The tenant is named, but not as a condition that every row has to meet.
    'update orders.order set account_id = $1 where id = $2',
    'update "orders"."order" set "account_id" = $1, "mode" = $2 where "id" = $3 returning "id", "version"',
    'select account_id = $1 from orders.order',
    'select * from orders.order order by account_id = $1',
    'select * from orders.order where account_id = $1 or true',
    'select * from orders.order t where (t.account_id = $1 and t.id = $2) or t.id = $3',
    'select * from orders.order where (account_id = $1) is not false',
    'select * from orders.order where not account_id = $1',
    'select * from orders.order where not (account_id = $1)',
    'select * from orders.order where coalesce(account_id = $1)',
    'select * from orders.order where case when account_id = $1 then true else true end',
    'select * from orders.order where account_id = $1 || mode',
    'select count(*) filter (where account_id = $1) from orders.order',
    'select * from orders.order t left join other.thing o on t.account_id = $1',
    'select * from orders.order t where t.account_id = t.account_id and $1 = $1',
    'select * from orders.order t join orders.order_line l on l.account_id = t.account_id',
    'select * from orders.order t where exists (select from other.thing o where t.account_id = $1)',
    'select * from orders.order t where t.account_id = $1 union select * from orders.order o where o.id = $2',
    'select * from orders.order where account_id = $1 group by id having true or account_id = $1; delete from orders.order',
    'with gone as (delete from orders.order where id = $1 returning id) select * from gone where account_id = $2',
    'delete from other.thing where id = $1 returning (select count(*) from orders.order)',
    'select * from other.thing o, lateral (select * from orders.order t where t.id = o.order_id) x where o.account_id = $1',
    // A row of another tenant that has the key already would be changed.
    'insert into orders.order (id, account_id) values ($1, $2) on conflict (id) do update set status = excluded.status',
    'insert into orders.order as t (id) values ($1) on conflict on constraint order_pkey do update set status = $2 where t.id = $1',
    'merge into orders.order t using other.thing o on t.account_id = $1 when matched then delete',
    'create table copied as select * from orders.order',
    'create view orders.all_of_them as (select * from orders.order)',
    'copy orders.order to stdout',
    'truncate orders.order',
    'do $$ begin delete from orders.order; end $$',
    'select * from orders.order /* /* */ where account_id = $1 */',
    "select * from orders.order where note = $$ $$ and note = e'\\' or account_id = $1 --'",
    // Only the row that is held, by its key and its version.
    'update "orders"."order" set "status" = $1 where "mode" = $2 returning "id", "version"',
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
    'select * from orders.order t where t.account_id = $1 and (t.id = $2 or t.id = $3) order by t.id limit 5',
    'select * from orders.order t where (t.created_at < $2 or t.id < $3) and ((t.account_id = $1))',
    'select "o0".* from "orders"."order" as "o0" where "o0"."account_id" = \'acct_1\' and "o0"."mode" = \'live\' for update',
    'select * from other.thing x left join orders.order t on t.account_id = $1 and t.id = x.id',
    'select * from orders.order t left join orders.order_line l on l.account_id = t.account_id where t.account_id = $1',
    'select * from orders.order t where t.account_id = $1 and exists (select from orders.order_line l where l.account_id = t.account_id)',
    'with due as (select id, account_id from other.thing where account_id = $1) update orders.order t set status = $2 from due where t.account_id = due.account_id',
    'select * from orders.order where account_id = $1 and stock is not distinct from $2 and extract(epoch from at) > $3',
    'select * from orders.order where $1 = account_id and case when mode = $2 or mode = $3 then true end',
    'select * from orders.order t where t.account_id = $1::text union all select * from orders.order o where o.account_id = $1',
    'delete from orders.order where id = any($2) and account_id = $1 returning id',
    'insert into orders.order (id) values ($1) on conflict do nothing',
    'insert into orders.order as t (account_id, mode, id) values ($1, $2, $3) on conflict (account_id, mode, id) do update set status = t.status returning id',
    'insert into orders.order as t (id, account_id) values ($1, $2) on conflict (id) do update set status = $3 where t.account_id = excluded.account_id',
    'create index order_open on orders.order (account_id, mode) where status = 1',
    'create trigger kept before update or delete on orders.order for each row execute function orders.refuse()',
    'alter table orders.order add column note text',
    'update "orders"."order" set "status" = $1 where ("id" = $2 and "version" = $3) or ("id" = $4 and "version" = $5) returning "id", "version"',
    "update orders.order set sku = case when (id = 'a') then 'b' else sku end, version = version + 1 where id in ('a', 'b') returning id".replaceAll(
      /\b(?:id|sku|version)\b/g,
      '"$&"',
    ),
    'select "o0"."id" from "orders"."order" as "o0" where ("o0"."id", "o0"."version") in (($1, $2))',
  ])('lets %s pass', (text) => {
    expect(() => gate(text)).not.toThrow();
  });
});
