import { parseInput } from '@portico/service-kit/parse-input';
import { z } from 'zod';
import { type Diagnosis, diagnoseSignature } from './diagnose-signature.ts';

const HEADERS_MAX = 100;

const request = z.object({
  headers: z
    .record(z.string().max(200), z.string().max(8_192))
    .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, `At most ${HEADERS_MAX} headers.`),
  body: z.string(),
  secret: z.string().min(1).max(300),
  previousSecret: z.string().min(1).max(300).nullish(),
  toleranceSeconds: z.int().min(0).max(86_400).nullish(),
});

/** The diagnosis of what a receiver reports. VALIDATION_ERROR for fields. */
export function diagnoseRequest(input: unknown, now: Date): Diagnosis {
  const { headers, body, secret, previousSecret, toleranceSeconds } = parseInput(request, input);
  return diagnoseSignature({
    headers,
    body,
    secret,
    previousSecret: previousSecret ?? undefined,
    toleranceSeconds: toleranceSeconds ?? undefined,
    nowSeconds: Math.floor(now.getTime() / 1_000),
  });
}
