// Swagger UI over our OpenAPI document. What is tried goes to this very host, and is signed here with the key and the secret that were typed in: the
// secret is read from its field when it is needed, is kept nowhere and is not sent.

const SIGNATURE_SCHEMES = ['apiKey', 'signature', 'timestamp'];
const root = document.getElementById('reference');
const credentials = document.getElementById('credentials');
// The policy of the page lets no form be sent.
credentials.addEventListener('submit', (event) => event.preventDefault());

const dark = matchMedia('(prefers-color-scheme: dark)');
const shade = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', shade);
shade();

const spec = await (await fetch(root.dataset.document)).json();
const prefix = new URL(spec.servers[0].url).pathname;
const samples = takeSamples(spec);
askThisHost(spec);
sendOnlyWhatIsTyped(spec);
shortenErrors(spec);
globalThis.SwaggerUIBundle({
  spec,
  domNode: root,
  plugins: [showSamples],
  requestInterceptor: sign,
  deepLinking: true,
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
});

/** The document's samples by operation; they are shown by a part of our own. */
function takeSamples({ paths }) {
  const found = new Map();
  for (const [path, item] of Object.entries(paths))
    for (const [method, operation] of Object.entries(item)) {
      if (operation['x-codeSamples'] === undefined) continue;
      found.set(`${method} ${path}`, operation['x-codeSamples']);
      delete operation['x-codeSamples'];
    }
  return found;
}

/** Operations are tried at the host that the page is from; how a key signs needs no fields, for the page does it. */
function askThisHost({ paths, components, ...rest }) {
  spec.servers = [{ url: location.origin + prefix }];
  for (const item of Object.values(paths)) {
    if (item.servers !== undefined) item.servers = [{ url: location.origin }];
    for (const operation of Object.values(item))
      if (operation.security !== undefined) operation.security = withoutSignature(operation.security);
  }
  if (rest.security !== undefined) spec.security = withoutSignature(rest.security);
  for (const name of SIGNATURE_SCHEMES) delete components.securitySchemes[name];
  for (const flow of Object.values(components.securitySchemes.oauth2.flows))
    for (const name of ['tokenUrl', 'refreshUrl']) flow[name] = new URL(flow[name], location.origin).href;
}

/** A form that is filled with defaults and examples would send them all: page and cursor, which exclude each other, too. */
function sendOnlyWhatIsTyped({ paths, components }) {
  const inline = Object.values(paths).flatMap((item) => Object.values(item).flatMap(({ parameters = [] }) => parameters));
  for (const parameter of [...inline, ...Object.values(components.parameters)]) {
    const { default: usual, examples, ...schema } = parameter.schema ?? {};
    if (usual === undefined && examples === undefined) continue;
    parameter.schema = schema;
    parameter.description += usual === undefined ? ` As \`${examples[0]}\`.` : ` \`${usual}\` without it.`;
  }
}

/** Errors have one form and the same headers, which the page of error codes shows: with them each operation would be a page of its own. */
function shortenErrors({ paths, components }) {
  const answers = Object.values(paths).flatMap((item) => Object.values(item).flatMap(({ responses = {} }) => Object.entries(responses)));
  const inline = answers.flatMap(([status, response]) => (status < 300 ? [] : [response]));
  for (const response of [...inline, ...Object.values(components.responses)]) {
    delete response.headers;
    delete response.content;
  }
}

function withoutSignature(security) {
  return security.filter((needed) => !SIGNATURE_SCHEMES.some((name) => name in needed));
}

/** Adds the three headers of a signed request, unless it is proved by a token or belongs to no version of the contract. */
async function sign(request) {
  const { origin, pathname, search } = new URL(request.url, location.href);
  const { key, secret } = credentials.elements;
  const isOurs = origin === location.origin && pathname.startsWith(`${prefix}/`);
  if (!isOurs || key.value === '' || request.headers.Authorization !== undefined) return request;
  if (globalThis.crypto.subtle === undefined) throw new Error('Browsers sign on https:// and localhost alone.');
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = hex(await crypto.subtle.digest('SHA-256', bytes(request.body ?? '')));
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const signing = await crypto.subtle.importKey('raw', bytes(secret.value.trim()), hmac, false, ['sign']);
  const signed = bytes([request.method.toUpperCase(), pathname + search, timestamp, digest].join('\n'));
  Object.assign(request.headers, {
    'X-API-Key': key.value.trim(),
    'X-Timestamp': timestamp,
    'X-API-Signature': `v2=${hex(await crypto.subtle.sign('HMAC', signing, signed))}`,
  });
  return request;
}

function bytes(text) {
  return new TextEncoder().encode(text);
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A plugin: the samples of an operation stand above its answers. */
function showSamples() {
  return {
    wrapComponents: {
      responses:
        (Responses, { React }) =>
        (props) => {
          const { createElement } = React;
          const blocks = (samples.get(`${props.method} ${props.path}`) ?? []).map(({ label, source }) =>
            createElement(
              'details',
              { key: label, name: `${props.method} ${props.path}` },
              createElement('summary', null, label),
              createElement('pre', null, createElement('code', null, source)),
            ),
          );
          const heading = createElement('div', { className: 'opblock-section-header' }, createElement('h4', null, 'Code samples'));
          return createElement(
            'div',
            null,
            blocks.length === 0 ? null : createElement('div', { className: 'samples' }, heading, blocks),
            createElement(Responses, props),
          );
        },
    },
  };
}
