// Origins as browsers send them (RFC 6454, 6.2). They are compared as texts: whatever else is written would never match.

export const ORIGIN_PROBLEM = 'It must be an origin as browsers send it: https://shop.example, without a path, in lower case.';

export function isOrigin(text: string): boolean {
  // To the URL parser a star is a character of host names; here somebody means a pattern, and there are none.
  const url = text.includes('*') ? null : URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === text;
}
