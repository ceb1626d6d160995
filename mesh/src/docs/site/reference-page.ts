import type { ContractVersion } from '../../rest/declare/version.ts';
import { type Place, sitePage } from './site-page.ts';

/** Where what the page loads is served. */
export const ASSETS_PATH = '/docs/assets';

/** For the one page with scripts: those of our own origin, which talk to our own origin. Swagger UI draws with inline styles and images of its own. */
export const REFERENCE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export type ReferenceOptions = {
  readonly place: Place;
  readonly description: string;
  readonly contract: ContractVersion;
};

/** Every operation, to read and to try with a key of one's own: it signs in the page, and the secret is sent nowhere. */
export function referencePage(places: readonly Place[], { place, description, contract }: ReferenceOptions): string {
  const documentPath = `${contract.prefix}/openapi.json`;
  const main = `<h1>Operations</h1>
<p>Made from the <a href="${documentPath}">OpenAPI document</a>; there is a <a href="${contract.prefix}/postman.json">Postman collection</a> too.
A key and its signing secret stay in this page until it is closed: requests are signed here, and go to this host. Use a test key.</p>
<noscript><p>Reading the operations here needs JavaScript. The OpenAPI document has all of them, with code samples.</p></noscript>
<form id="credentials" autocomplete="off">
<label>API key <input name="key" placeholder="ak_test_…" spellcheck="false"></label>
<label>Signing secret <input name="secret" type="password" placeholder="sk_…" autocomplete="off"></label>
</form>
<div id="reference" data-document="${documentPath}"></div>
`;
  const head = `<link rel="stylesheet" href="${ASSETS_PATH}/swagger-ui.css">
<link rel="stylesheet" href="${ASSETS_PATH}/reference.css">
<script src="${ASSETS_PATH}/swagger-ui-bundle.js" defer></script>
<script src="${ASSETS_PATH}/reference.js" type="module"></script>
`;
  return sitePage(places, { place, title: 'Operations', description, main, sections: [], head });
}
