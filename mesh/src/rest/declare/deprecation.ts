// What a version or a route says of its end: by headers (RFC 9745, RFC 8594), in `meta.warnings`, and in its description.

/** Days in UTC: `2026-01-31`. */
export type Deprecation = {
  readonly since: string;
  /** At least six months after `since`: whoever reads of it on the first day has that long. */
  readonly sunset: string;
  /** What to use instead: a path of the host, with parameters where the deprecated one has them. Of a version, what its paths begin with instead. */
  readonly successor?: string;
};

export type Warning = { readonly code: 'DEPRECATED'; readonly message: string };

export type DeprecationNotice = {
  readonly warning: Warning;
  /** Headers of an answer to a path with these parameters. */
  headers(params: Readonly<Record<string, string>>): readonly (readonly [name: string, value: string])[];
};

const NOTICE_MONTHS = 6;
const PARAMETER = /\{\w+\}/g;

/** `what`: as people call it, `GET /api/v1/orders`. `guide`: where the way to the successor is described. Throws for a sunset that comes too soon. */
export function announce(what: string, { since, sunset, successor }: Deprecation, guide: string): DeprecationNotice {
  const [begins, ends] = [dayOf(what, 'since', since), dayOf(what, 'sunset', sunset)];
  const earliest = new Date(begins);
  earliest.setUTCMonth(earliest.getUTCMonth() + NOTICE_MONTHS);
  if (ends < earliest)
    throw new Error(
      `${what} is deprecated since ${since}, so its sunset cannot be ${sunset}: ${NOTICE_MONTHS} months of notice end on ${earliest.toISOString().slice(0, 10)}.`,
    );
  const instead = successor === undefined ? '' : ` Use ${successor}.`;
  const fixed = [
    ['deprecation', `@${begins.getTime() / 1_000}`],
    ['sunset', ends.toUTCString()],
    ['link', `<${guide}>; rel="deprecation"; type="text/html"`],
  ] as const;
  return {
    warning: { code: 'DEPRECATED', message: `${what} is deprecated since ${since} and ends on ${sunset}.${instead}` },
    headers(params) {
      if (successor === undefined) return fixed;
      const values = Object.values(params).values();
      const target = successor.replaceAll(PARAMETER, () => encodeURIComponent(values.next().value ?? ''));
      return [...fixed, ['link', `<${target}>; rel="successor-version"`]];
    },
  };
}

function dayOf(what: string, name: keyof Deprecation, text: string): Date {
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text))
    throw new Error(`${what} is deprecated with a ${name} that is no day: ${JSON.stringify(text)}.`);
  return date;
}
