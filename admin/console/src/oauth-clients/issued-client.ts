/** As the server gives it out, once. */
export type IssuedClient = { clientId: string; clientSecret: string };

export function secretsOf({ clientId, clientSecret }: IssuedClient): { label: string; value: string }[] {
  return [
    { label: 'Client id', value: clientId },
    { label: 'Client secret', value: clientSecret },
  ];
}
