import { type ExampleRequest, targetOf } from './example-request.ts';

/** What a header of an example says: a text, or what the program has computed before. */
export type HeaderValue = { readonly text: string } | { readonly computed: 'key' | 'timestamp' | 'signature' | 'basic' | 'once' };

/** What a language makes its sample from. */
export type Sampled = {
  readonly method: string;
  readonly target: string;
  readonly body: ExampleRequest['body'];
  readonly proof: ExampleRequest['proof'];
  readonly once: boolean;
  readonly headers: readonly (readonly [name: string, value: HeaderValue])[];
};

export type Language = {
  /** As OpenAPI's `x-codeSamples` and Markdown call it. */
  readonly lang: string;
  readonly label: string;
  /** A whole program, which needs nothing but the language and the environment: PORTICO_URL, and what proves the request. */
  sample(request: Sampled): string;
};

const SIGNED: Sampled['headers'] = [
  ['X-API-Key', { computed: 'key' }],
  ['X-Timestamp', { computed: 'timestamp' }],
  ['X-API-Signature', { computed: 'signature' }],
];
const PROOFS = { key: SIGNED, client: [['Authorization', { computed: 'basic' }]], nothing: [] } as const;
const TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' };

export function sampledOf(request: ExampleRequest): Sampled {
  const { method, body, proof, once } = request;
  const headers: Sampled['headers'] = [
    ...PROOFS[proof],
    ...(body === undefined ? [] : [['Content-Type', { text: TYPES[body.kind] }] as const]),
    ...(once ? [['Idempotency-Key', { computed: 'once' }] as const] : []),
  ];
  return { method, target: targetOf(request), body, proof, once, headers };
}

/** The lines that are there, as a text. */
export function lines(...given: readonly (string | false | readonly (string | false)[])[]): string {
  return given
    .flat()
    .filter((line) => line !== false)
    .join('\n');
}
