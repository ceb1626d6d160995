/** createdAt → created_at. What version 2 of the API calls a thing, in answers and in webhooks, where nothing else is said. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
