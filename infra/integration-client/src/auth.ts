export { apiKey, bearer, mtls, noAuth, oauth2, signedJwt } from './auth/auth-declaration.ts';
