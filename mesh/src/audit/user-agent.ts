import { LRUCache } from 'lru-cache';
import { MASK } from './query-mask.ts';

const AGENTS_MAX = 500;
const LENGTH_MAX = 200;
/** A product as clients name themselves (RFC 9110, 10.1.5): `curl/8.14.1`, `Mozilla/5.0`, `node`. A version with more digits could be a number of another kind. */
const PRODUCT = /^[A-Za-z][A-Za-z.-]{0,29}\/v?\d{1,5}(?:\.\d{1,5}){0,3}$/;
const BARE_PRODUCTS: ReadonlySet<string> = new Set(['node', 'undici', 'curl', 'axios', 'got']);
const COMMENT = /\([^()]*(?:\)|$)/g;

/** Keeps what names software, at most 200 characters: comments, tokens, addresses and whatever else somebody wrote there become `***`. */
export function createUserAgentMask(): (given: string | undefined) => string | null {
  const masked = new LRUCache<string, string>({ max: AGENTS_MAX });
  return (given) => {
    if (given === undefined) return null;
    let kept = masked.get(given);
    if (kept === undefined) {
      kept = maskUserAgent(given);
      masked.set(given, kept);
    }
    return kept;
  };
}

function maskUserAgent(given: string): string {
  const words = given.replace(COMMENT, ` ${MASK} `).split(/\s+/).filter(Boolean);
  const kept = words.map((word) => (PRODUCT.test(word) || BARE_PRODUCTS.has(word) ? word : MASK));
  return kept
    .filter((word, i) => word !== MASK || kept[i - 1] !== MASK)
    .join(' ')
    .slice(0, LENGTH_MAX);
}
