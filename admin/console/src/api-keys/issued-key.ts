/** As the server gives it out, once. */
export type IssuedKey = { key: string; secret: string };

export function secretsOf({ key, secret }: IssuedKey): { label: string; value: string }[] {
  return [
    { label: 'API key', value: key },
    { label: 'Signing secret', value: secret },
  ];
}
