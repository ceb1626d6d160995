// Every operation as a program that can be run: the request is the one of the declaration's examples, the signing is whole.
import { curl } from './curl.ts';
import type { ExampleRequest } from './example-request.ts';
import { javascript } from './javascript.ts';
import { type Language, sampledOf } from './language.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';

export const LANGUAGES: readonly Language[] = [curl, javascript, python, php, ruby];

/** As OpenAPI's `x-codeSamples` has it. */
export type CodeSample = { readonly lang: string; readonly label: string; readonly source: string };

export function codeSamples(request: ExampleRequest): readonly CodeSample[] {
  const sampled = sampledOf(request);
  return LANGUAGES.map(({ lang, label, sample }) => ({ lang, label, source: sample(sampled) }));
}
