// Everything a diagnosis can find, in the order in which a receiver should look at it. The texts are for the receiver's developer.
export const FINDINGS = {
  header_missing: 'The header is not there.',
  header_malformed: 'The header has no form that a signature can have.',
  timestamp_not_seconds: 'The timestamp is not a whole number of unix seconds.',
  timestamp_skew: 'The timestamp is outside the tolerance.',
  signature_prefix: 'The signature has to stand behind its prefix: "sha256=" in X-Webhook-Signature, "v1," in webhook-signature.',
  signature_encoding: 'The signature is encoded as in the other header: X-Webhook-Signature is hex, webhook-signature base64.',
  signature_upper_case: 'The hex digits have to be lower case.',
  signature_truncated: 'The end of the signature is missing.',
  secret_whitespace: 'White space or a line break stands around the secret.',
  secret_old: 'It is signed with the secret from before the rotation.',
  key_decoded: 'The key of X-Webhook-Signature is the secret as printed, with "whsec_", not what its base64 decodes to.',
  key_not_decoded: 'The key of webhook-signature is what the base64 after "whsec_" decodes to, not the text.',
  key_without_prefix: 'The key was taken from the secret without its "whsec_".',
  content_not_body_alone: 'X-Webhook-Signature is over the body alone, without timestamp or id.',
  content_without_id: 'webhook-signature is over id, timestamp and body, joined by dots: the id is missing.',
  content_body_alone: 'webhook-signature is over id, timestamp and body, joined by dots: only the body was signed.',
  body_reserialized: 'The JSON was parsed and written again. Verify the bytes as they came, before anything parses them.',
  body_sorted: 'The JSON was written again with its fields in another order. Verify the bytes as they came.',
  body_trailing_newline: 'A line break at the end of the body was added or taken away.',
  body_line_breaks: 'The line breaks of the body were changed (CRLF and LF).',
  body_byte_order_mark: 'A byte order mark was added to the body or taken from it.',
  body_latin1: 'The body was read or written as Latin-1. It is UTF-8.',
  no_match: 'Neither the secret nor a usual mistake explains this signature: another secret, or a body that was changed.',
} as const;

export type FindingCode = keyof typeof FINDINGS;
export type Finding = { readonly code: FindingCode; readonly header: string; readonly message: string };

export const FINDING_CODES: readonly FindingCode[] = Object.keys(FINDINGS).filter((code): code is FindingCode =>
  Object.hasOwn(FINDINGS, code),
);

/** `more` goes behind the text: a number, a name. */
export function finding(code: FindingCode, header: string, more = ''): Finding {
  return { code, header, message: more === '' ? FINDINGS[code] : `${FINDINGS[code]} ${more}` };
}
