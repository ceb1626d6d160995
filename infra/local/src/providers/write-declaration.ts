// A described provider as files: the declaration, the schemas it uses, and answers that were seen.
import { PERSONAL_NAME } from '@portico/integration-client/personal/personal-name';
import { type DescribedAuth, type DescribedOperation, type DescribedProvider, nameFrom } from './described-provider.ts';
import { type JsonSchema, zodSource } from './zod-source.ts';

export type WrittenFiles = { readonly declaration: string; readonly schemas: string; readonly fixtures: string | undefined };

/** How long a key is taken to be remembered, where a document does not say. */
const KEY_LIVES = '86_400_000';
const PARTS = ['params', 'query', 'body', 'response'] as const;
const PART_NAMES = { params: 'Params', query: 'Query', body: 'Body', response: 'Answer' } as const;

/** `name`: `acme-pay`. */
export function writeDeclaration(name: string, { baseUrl, auth, operations, schemas }: DescribedProvider): WrittenFiles {
  const shapes = declareSchemas(operations, schemas);
  const used = [...new Set(operations.flatMap((operation) => PARTS.flatMap((part) => shapes.nameOf(operation, part) ?? [])))].sort();
  const header = operations.find((operation) => operation.idempotencyHeader !== undefined)?.idempotencyHeader;
  const lines = [
    ...importsOf(auth),
    ...(used.length === 0 ? [] : [`import { ${used.join(', ')} } from './${name}.schemas.ts';`]),
    '',
    ...(header === undefined ? [] : [`const idempotency = { header: ${quoted(header)}, livesMs: ${KEY_LIVES} };`]),
    `export const ${constantOf(name)} = defineProvider(${quoted(name)}, {`,
    `  baseUrl: ${quoted(baseUrl)},`,
    ...(auth.kind === 'none' ? [] : [`  auth: ${authSource(name, auth)},`]),
    '  operations: {',
    ...operations.map((operation) => `    ${operation.name}: ${operationSource(operation, (part) => shapes.nameOf(operation, part))},`),
    '  },',
    '});',
    '',
  ];
  const seen = operations.filter(({ fixture }) => fixture !== undefined).map((operation) => [operation.name, operation.fixture]);
  return {
    declaration: lines.join('\n'),
    schemas: shapes.source,
    fixtures: seen.length === 0 ? undefined : `${JSON.stringify(Object.fromEntries(seen), undefined, 2)}\n`,
  };
}

type Shapes = { readonly source: string; nameOf(operation: DescribedOperation, part: (typeof PARTS)[number]): string | undefined };

/** Every shape after those it is made of, so that its type is known; one that holds itself stands behind a function. */
function declareSchemas(operations: readonly DescribedOperation[], schemas: DescribedProvider['schemas']): Shapes {
  const lines: string[] = [];
  const state = new Map<string, 'begun' | 'declared'>();
  const constant = (name: string): string => nameFrom(name).replace(/^./, (first) => first.toUpperCase());
  const refer = (ref: string): string => {
    const name = ref.split('/').at(-1) ?? '';
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (schema === undefined) return 'z.unknown()';
    if (state.get(name) === 'begun') return `z.lazy((): z.ZodType => ${constant(name)})`;
    if (state.get(name) === undefined) {
      state.set(name, 'begun');
      declare(constant(name), schema);
      state.set(name, 'declared');
    }
    return constant(name);
  };
  const taken = new Set(Object.keys(schemas).map(constant));
  const unused = (name: string): string => {
    if (taken.has(name)) return unused(`${name}_`);
    taken.add(name);
    return name;
  };
  const declare = (name: string, schema: JsonSchema): void => {
    const source = zodSource(schema, { refer, isPersonal: (field) => PERSONAL_NAME.test(field) });
    lines.push(`export const ${name} = ${source};`);
  };
  const names = new Map<JsonSchema, string>();
  for (const operation of operations) {
    for (const part of PARTS) {
      const schema = operation[part];
      if (schema === undefined) continue;
      const name = schema.$ref === undefined ? unused(constant(operation.name) + PART_NAMES[part]) : refer(schema.$ref);
      if (schema.$ref === undefined) declare(name, schema);
      names.set(schema, name);
    }
  }
  const body = lines.join('\n');
  const imports = [
    body.includes('pii(') ? "import { pii } from '@portico/integration-client/personal-data';" : '',
    "import { z } from 'zod';",
  ];
  return {
    source: `${imports.filter((line) => line !== '').join('\n')}\n\n${body}\n`,
    nameOf: (operation, part) => names.get(operation[part] ?? {}),
  };
}

function importsOf({ kind }: DescribedAuth): string[] {
  const auth = kind === 'none' ? [] : [`import { ${kind} } from '@portico/integration-client/auth';`];
  const secrets = kind === 'none' ? [] : ["import { secret } from '@portico/integration-client/secrets';"];
  return [...auth, "import { defineProvider, op } from '@portico/integration-client/define-provider';", ...secrets];
}

function authSource(name: string, auth: Exclude<DescribedAuth, { kind: 'none' }>): string {
  switch (auth.kind) {
    case 'bearer':
      return `bearer(secret('${name}/token'))`;
    case 'mtls':
      return `mtls(secret('${name}/certificate'))`;
    case 'apiKey':
      return `apiKey({ ${auth.in}: ${quoted(auth.name)}, secret: secret('${name}/api-key') })`;
    case 'oauth2': {
      const scope = auth.scopes.length === 0 ? '' : `, scope: ${quoted(auth.scopes.join(' '))}`;
      return `oauth2.clientCredentials({ tokenUrl: ${quoted(auth.tokenUrl)}, client: secret('${name}/client')${scope} })`;
    }
  }
}

function operationSource(operation: DescribedOperation, nameOf: (part: (typeof PARTS)[number]) => string | undefined): string {
  const { method, path, idempotencyHeader } = operation;
  const parts = PARTS.flatMap((part) => {
    const name = nameOf(part);
    return name === undefined ? [] : [`${part}: ${name}`];
  });
  const isUnsafe = method === 'post' || method === 'patch';
  const about = isUnsafe ? [idempotencyHeader === undefined ? "idempotency: 'none'" : 'idempotency'] : [];
  return `op.${method}(${quoted(path)}, { ${[...parts, ...about].join(', ')} })`.replace('{  }', '{}');
}

/** As our formatter writes it; what is not plain text is written with all its escapes. */
const quoted = (text: string): string => (/^[\w .,:;/?#@!$&()*+=~%{}[\]<>|^-]*$/.test(text) ? `'${text}'` : JSON.stringify(text));

/** Words that the file imports, or that no constant can be called. */
const TAKEN = new Set(
  'z op secret pii apiKey bearer mtls oauth2 defineProvider idempotency new delete default import export class function return void'.split(
    ' ',
  ),
);
const constantOf = (name: string): string => (TAKEN.has(nameFrom(name)) ? `${nameFrom(name)}Provider` : nameFrom(name));
