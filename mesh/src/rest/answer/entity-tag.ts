// Entity tags (RFC 9110, 8.8.3). A resource's tag begins with its version, so that `If-Match` can be checked by whoever changes it; the
// rest is a hash of what was shown, so that a join that changed makes another tag.
import { hash } from 'node:crypto';
import { AppError } from '@portico/contracts/errors';

const HASH_LENGTH = 22;
const VERSIONED = /^"(\d{1,10})-[\w-]{22}"$/;
const TAG_LIST = /^\s*(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*\s*$/;

export function contentTag(text: string): string {
  return `"${hash('sha1', text, 'base64url').slice(0, HASH_LENGTH)}"`;
}

export function versionTag(version: number, text: string): string {
  return `"${version}-${contentTag(text).slice(1)}`;
}

/** Whether `If-None-Match` names the tag. Compared weakly, as for GET it must be. */
export function matchesNone(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}

/** The version that `If-Match` asks for; undefined without one, or for `*`. PRECONDITION_FAILED for a tag that cannot be ours. */
export function expectedVersion(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  if (!TAG_LIST.test(header))
    throw new AppError('VALIDATION_ERROR', 'The If-Match header is not an entity tag.', {
      details: { 'If-Match': 'Send the ETag of the resource, with its quotes.' },
    });
  const versions = header.split(',').map((tag) => VERSIONED.exec(tag.trim())?.[1]);
  const [version, ...others] = versions;
  if (others.length > 0)
    throw new AppError('VALIDATION_ERROR', 'If-Match must name one tag.', { details: { 'If-Match': 'Send the ETag that was read last.' } });
  // A weak tag, or one we never gave: nothing can be in that state.
  if (version === undefined) throw new AppError('PRECONDITION_FAILED', 'If-Match names no version of this resource.');
  return Number(version);
}
