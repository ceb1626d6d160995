import { buildPages } from '@portico/local/start/build-pages';
import { chromiumPath } from '../browser/open-chromium.ts';

/** What the browser tests look at. Takes nothing when it is there. */
export async function setup(): Promise<void> {
  if (chromiumPath !== undefined) await buildPages(console.log);
}
