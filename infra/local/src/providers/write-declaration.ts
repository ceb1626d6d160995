// A described provider as files: the declaration, the schemas it uses, and answers that were seen.
import { PERSONAL_NAME } from '@portico/integration-client/personal/personal-name';
import { type DescribedAuth, type DescribedOperation, type DescribedProvider, nameFrom } from './described-provider.ts';
import type { JsonSchema } from './json-schema.ts';
import { zodSource } from './zod-source.ts';

export type WrittenFiles = { readonly declaration: string; readonly schemas: string; readonly fixtures: string | undefined };

/** How long a key is taken to be remembered, where a document does not say. */
const KEY_LIVES = '86_400_000';
const PARTS = ['params', 'query', 'headers', 'body', 'response'] as const;
const PART_NAMES = { params: 'Params', query: 'Query', headers: 'Headers', body: 'Body', response: 'Answer' } as const;

/** `name`: `acme-pay`. */
export function writeDeclaration(name: string, { baseUrl, auth, operations, schemas }: DescribedProvider): WrittenFiles {
  const shapes = declareSchemas(operations, schemas);
  const used = [...new Set(operations.flatMap((operation) => PARTS.flatMap((part) => shapes.nameOf(operation, part) ?? [])))].sort();
  const header = operations.find((operation) => operation.idempotencyHeader !== undefined)?.idempotencyHeader;
  const lines = [
    ...importsOf(auth),
    ...(used.length === 0 ? [] : [`import { ${used.join(', ')} } from './${name}.schemas.ts';`]),
    '',
    ...(header === undefined ? [] : [`const idempotency = ${idempotencySource(header)};`]),
    `export const ${constantOf(name)} = defineProvider(${quoted(name)}, {`,
    `  baseUrl: ${quoted(baseUrl)},`,
    ...(auth.kind === 'none' ? [] : [`  auth: ${authSource(name, auth)},`]),
    '  operations: {',
    ...operations.map(
      (operation) => `    ${operation.name}: ${operationSource(operation, header, (part) => shapes.nameOf(operation, part))},`,
    ),
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

const SCHEMA_REF = /^#\/components\/schemas\/([^/]+)$/;

type Shapes = { readonly source: string; nameOf(operation: DescribedOperation, part: (typeof PARTS)[number]): string | undefined };

/** Every shape after those it is made of, so that its type is known; one that holds itself stands behind a function. */
function declareSchemas(operations: readonly DescribedOperation[], schemas: DescribedProvider['schemas']): Shapes {
  const lines: string[] = [];
  const state = new Map<string, 'begun' | 'declared'>();
  const taken = new Set<string>();
  const unused = (name: string): string => {
    if (taken.has(name)) return unused(`${name}_`);
    taken.add(name);
    return name;
  };
  const constant = (name: string): string => nameFrom(name).replace(/^./, (first) => first.toUpperCase());
  const constants = new Map(Object.keys(schemas).map((name) => [name, unused(constant(name))]));
  /** Undefined for a reference to anything but a schema that is there. */
  const referTo = (ref: string): string | undefined => {
    const name = SCHEMA_REF.exec(ref)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~') ?? '';
    const [known, schema] = [constants.get(name), schemas[name]];
    if (known === undefined || schema === undefined) return undefined;
    if (state.get(name) === 'begun') return `z.lazy((): z.ZodType => ${known})`;
    if (state.get(name) === undefined) {
      state.set(name, 'begun');
      declare(known, schema);
      state.set(name, 'declared');
    }
    return known;
  };
  const refer = (ref: string): string => referTo(ref) ?? 'z.unknown()';
  const declare = (name: string, schema: JsonSchema): void => {
    const source = zodSource(schema, { refer, isPersonal: (field) => PERSONAL_NAME.test(field) });
    lines.push(`export const ${name} = ${source};`);
  };
  const names = new Map<JsonSchema, string>();
  for (const operation of operations) {
    for (const part of PARTS) {
      const schema = operation[part];
      if (schema === undefined) continue;
      const shared = schema.$ref === undefined ? undefined : referTo(schema.$ref);
      const name = shared ?? unused(constant(operation.name) + PART_NAMES[part]);
      if (shared === undefined) declare(name, schema);
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

/** `common`: the header that the constant `idempotency` has. */
function operationSource(
  operation: DescribedOperation,
  common: string | undefined,
  nameOf: (part: (typeof PARTS)[number]) => string | undefined,
): string {
  const { method, path, idempotencyHeader: header } = operation;
  const parts = PARTS.flatMap((part) => {
    const name = nameOf(part);
    return name === undefined ? [] : [`${part}: ${name}`];
  });
  const key =
    header !== undefined && header === common
      ? 'idempotency'
      : `idempotency: ${header === undefined ? "'none'" : idempotencySource(header)}`;
  const isUnsafe = method === 'post' || method === 'patch';
  return `op.${method}(${quoted(path)}, { ${[...parts, ...(isUnsafe ? [key] : [])].join(', ')} })`.replace('{  }', '{}');
}

const idempotencySource = (header: string): string => `{ header: ${quoted(header)}, livesMs: ${KEY_LIVES} }`;

/** As our formatter writes it; what is not plain text is written with all its escapes. */
const quoted = (text: string): string => (/^[\w .,:;/?#@!$&()*+=~%{}[\]<>|^-]*$/.test(text) ? `'${text}'` : JSON.stringify(text));

/** What the file imports, and the words of the language that no constant can be called. */
const TAKEN = new Set(
  (
    'z op secret pii apiKey bearer mtls oauth2 defineProvider idempotency arguments await break case catch class const continue debugger ' +
    'default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null ' +
    'package private protected public return static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);
const constantOf = (name: string): string => (TAKEN.has(nameFrom(name)) ? `${nameFrom(name)}Provider` : nameFrom(name));
