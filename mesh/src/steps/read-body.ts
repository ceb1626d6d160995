import type { IncomingMessage } from 'node:http';
import { AppError } from '@portico/contracts/errors';
import { type BodyType, headerOf, type RestRequest, type Step } from '../rest/rest-request.ts';

export const BODY_BYTES_MAX = 1_048_576;
const TYPES: Readonly<Record<BodyType, { name: string; pattern: RegExp }>> = {
  json: { name: 'application/json', pattern: /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i },
  form: {
    name: 'application/x-www-form-urlencoded',
    pattern: /^application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i,
  },
};
const JSON_ONLY: readonly BodyType[] = ['json'];

/** Reads the body whole: the signature covers its bytes. PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE. */
export const readBody: Step = (request, next) => {
  const length = headerOf(request, 'content-length');
  const hasBody = headerOf(request, 'transfer-encoding') !== undefined || (length !== undefined && length !== '0');
  if (!hasBody) return next(request);
  const bytesMax = request.endpoint?.bodyBytesMax ?? BODY_BYTES_MAX;
  if (Number(length ?? 0) > bytesMax) throw tooLarge(bytesMax);
  if (request.endpoint?.takesBody === true) requireType(request, request.endpoint.bodyTypes ?? JSON_ONLY);
  return readAll(request.incoming, bytesMax).then((body) => {
    request.body = body;
    return next(request);
  });
};

function requireType(request: RestRequest, accepted: readonly BodyType[]): void {
  const type = headerOf(request, 'content-type');
  if (type === undefined || !accepted.some((one) => TYPES[one].pattern.test(type)))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', `The body must be ${accepted.map((one) => TYPES[one].name).join(' or ')} in UTF-8.`);
  const encoding = headerOf(request, 'content-encoding');
  if (encoding !== undefined && encoding !== 'identity') throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'The body must not be compressed.');
}

async function readAll(incoming: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Destroyed, it would take the connection with it, and the refusal.
    const parts: AsyncIterable<Buffer> = incoming.iterator({ destroyOnReturn: false });
    for await (const chunk of parts) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw tooLarge(bytesMax);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('VALIDATION_ERROR', 'The body ended before it was complete.', { cause: error });
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function tooLarge(bytesMax: number): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', `The body may have at most ${bytesMax} bytes.`);
}
