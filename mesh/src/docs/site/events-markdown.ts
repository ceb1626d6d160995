import { bodySchema } from '@portico/contracts/events/body-schema';
import { API_VERSIONS, type ApiVersion, type JsonSchema, WEBHOOK_EVENTS } from '@portico/contracts/events/event-shape';
import { EXAMPLE } from '../../contracts/v1/examples.ts';

/** The catalogue of events as a page: what each says, what arrives, and its schema, in both versions of the body. */
export function eventsMarkdown(): string {
  const sections = [...WEBHOOK_EVENTS.values()].map(({ name, summary }) =>
    [`## \`${name}\``, summary, ...API_VERSIONS.flatMap((version) => versionOf(name, version))].join('\n\n'),
  );
  return `# Events\n\n${INTRODUCTION}\n\n${sections.join('\n\n')}\n`;
}

const INTRODUCTION = `What happens in your account is told by [webhooks](../../../../webhook-relay/GUIDE.md), and kept for 30 days at \`GET /api/v1/events\`. A webhook is pinned to a version of
the body. Within a version fields are only added: ignore what you do not know. \`GET /api/v1/event-types\` has the same schemas for programs.`;

function versionOf(name: string, version: ApiVersion): string[] {
  const schema = bodySchema(name, version);
  const block = (label: string, value: unknown): string => `\`\`\`json ${label}\n${JSON.stringify(value, null, 2)}\n\`\`\``;
  return [block(`Version ${version}: an example`, exampleOf(schema)), block(`Version ${version}: JSON schema`, schema)];
}

/** Values by the name of the field, in camelCase. */
const VALUES: Readonly<Record<string, unknown>> = {
  ...EXAMPLE,
  amount: 59.98,
  available: 4,
  challenge: '7b0c8f52e19d4a36',
  currency: 'USD',
  currentStatus: 'processing',
  endpointId: EXAMPLE.webhookId,
  failureReason: 'card_declined',
  inventoryItemId: EXAMPLE.inventoryId,
  lowStockThreshold: 5,
  method: 'card',
  previousStatus: 'confirmed',
  quantity: 2,
  status: 'processing',
  total: 59.98,
  totalAmount: 59.98,
  unitPrice: 29.99,
};
const IDS: Readonly<Record<string, string>> = {
  customer: EXAMPLE.customerId,
  inventory: EXAMPLE.inventoryId,
  order: EXAMPLE.orderId,
  payment: EXAMPLE.paymentId,
  webhook: EXAMPLE.webhookId,
};

/** A body that fits the schema. Throws for a field that it knows no value for. */
export function exampleOf(schema: JsonSchema): unknown {
  return exampleAt(schema, '', String(schema.title).split('.')[0] ?? '');
}

function exampleAt(schema: JsonSchema, path: string, subject: string): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.type === 'array') return [exampleAt(schema.items as JsonSchema, path, subject)];
  if (schema.type === 'object')
    return Object.fromEntries(
      Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).map(([name, inner]) => [
        name,
        exampleAt(inner, path === '' ? name : `${path}.${name}`, subject),
      ]),
    );
  if (schema.format === 'date-time') return EXAMPLE.time;
  const value = leafOf(path, subject);
  if (value === undefined) throw new Error(`There is no example for the field ${path} of an event.`);
  return schema.type === 'string' ? String(value) : value;
}

function leafOf(path: string, subject: string): unknown {
  if (path === 'id') return EXAMPLE.eventId;
  const last = path.split('.').at(-1) ?? '';
  if (last === 'id' || last === 'object_id') return IDS[subject];
  // Of a change: what the field was, what it is.
  const [, changed, when] = /changes\.(\w+)\.(previous|current)$/.exec(path) ?? [];
  const name = (changed === undefined ? last : `${when}_${changed}`).replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return VALUES[name];
}
