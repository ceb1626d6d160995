import { type Shape, shapeOf, WEBHOOK_EVENTS } from '@portico/contracts/events/event-shape';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Resource } from '../rest/declare/resource.ts';
import type { Route } from '../rest/declare/route.ts';
import { V2 } from './conventions.ts';
import { v1 } from './v1/version.ts';
import { v2 } from './v2/version.ts';
import { createContractAt, VERSIONS } from './versions.ts';

const SNAKE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

function resourcesOf(routes: readonly Route[]): Map<string, Resource> {
  const found = new Map<string, Resource>();
  const visit = (resource: Resource): void => {
    if (found.has(resource.name)) return;
    found.set(resource.name, resource);
    for (const field of resource.fields.values()) if (field.kind === 'object') visit(field.resource());
  };
  for (const route of routes) if (route.kind !== 'custom') visit(route.resource);
  return found;
}

/** Every name that a body may have, however deep. */
function bodyNames(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [
    ...Object.keys(properties),
    ...Object.values(schema).flatMap((part) => bodyNames(part)),
    ...Object.values(properties).flatMap(bodyNames),
  ];
}

function namesOf(route: Route): string[] {
  const path = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  switch (route.kind) {
    case 'list':
      return [...path, ...Object.keys(route.filters), ...Object.keys(route.sorts)];
    case 'item':
      return path;
    case 'write':
      return [...path, ...(route.body === undefined ? [] : bodyNames(z.toJSONSchema(route.body, { io: 'input' })))];
    case 'custom':
      return [...path, ...Object.keys(route.parameters)];
  }
}

describe('version 2', () => {
  it('has every route of version 1, under the same operation id', () => {
    expect(v2.routes.map(({ operationId, method }) => [operationId, method])).toEqual(
      v1.routes.map(({ operationId, method }) => [operationId, method]),
    );
  });

  it('writes every name in snake_case', () => {
    const fields = [...resourcesOf(v2.routes).values()].flatMap(({ fields: of }) => [...of.keys()]);
    const names = [...fields, ...v2.routes.flatMap(namesOf)];
    expect(names.length).toBeGreaterThan(250);
    expect(names.filter((name) => !SNAKE.test(name))).toEqual([]);
  });

  it('has as many fields as version 1: no two of them have one name', () => {
    const sizes = (resources: Map<string, Resource>) => [...resources.values()].map(({ name, fields }) => [name, fields.size]);
    // An event is not derived: it is the body of a webhook of the version.
    const derived = ([name]: readonly unknown[]): boolean => name !== 'Event';
    expect(sizes(resourcesOf(v2.routes)).filter(derived)).toEqual(sizes(resourcesOf(v1.routes)).filter(derived));
  });

  it('calls a field as the webhooks of version 2 do', () => {
    const owners: Readonly<Record<string, string>> = {
      order: 'Order',
      payment: 'Payment',
      customer: 'Customer',
      inventory_item: 'InventoryItem',
    };
    const compare = (shape: Shape, owner: Resource | undefined): string[] => {
      if (shape.kind === 'list') return compare(shape.item, owner);
      if (shape.kind !== 'object' || owner === undefined) return [];
      return shape.fields.flatMap(({ name, names, shape: under }) => {
        const field = owner.fields.get(name);
        if (field === undefined) return [];
        const said = V2.name(name, owner.name);
        const inner = field.kind === 'object' ? compare(under, field.resource()) : [];
        return [...(said === names['2'] ? [] : [`${owner.name}.${name}: ${said}, but ${names['2']} in webhooks`]), ...inner];
      });
    };
    const resources = resourcesOf(v1.routes);
    const events = [...WEBHOOK_EVENTS.keys()].map(shapeOf).filter(({ event }) => event.subject in owners);
    expect(events.length).toBeGreaterThan(5);
    expect(events.flatMap(({ event, shape }) => compare(shape, resources.get(owners[event.subject] ?? '')))).toEqual([]);
  });
});

describe('the version of a path', () => {
  const contractAt = createContractAt(VERSIONS);

  it.each([
    ['/api/v1/orders', '1'],
    ['/api/v2/orders', '2'],
    ['/api/v2/', '2'],
    ['/api/v2', '2'],
    // What belongs to none speaks as the first one does.
    ['/api/v20/orders', '1'],
    ['/api/V2/orders', '1'],
    ['/api', '1'],
    ['*', '1'],
  ])('%s is %s', (path, version) => {
    expect(contractAt(path).version).toBe(version);
  });
});
