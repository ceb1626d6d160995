/** The body as JSON, for whoever reads along: the message itself stays unread. Undefined for what is no JSON. */
export async function jsonOf(message: Request | Response): Promise<unknown> {
  return message
    .clone()
    .json()
    .catch(() => undefined);
}
