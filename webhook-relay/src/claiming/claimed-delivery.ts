/** A delivery that this process may attempt until its lease ends, with its event. */
export type ClaimedDelivery = {
  readonly id: string;
  readonly lease: string;
  readonly leasedUntil: Date;
  readonly accountId: string;
  readonly mode: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly payload: unknown;
  readonly occurredAt: Date;
  readonly traceparent: string | null;
  readonly endpointId: string;
  /** Of the endpoint's settings when it was claimed. */
  readonly endpointVersion: number;
  /** Its last attempt failed. */
  readonly endpointFailed: boolean;
  /** It failed, or an attempt of it hangs: it has one slot. */
  readonly endpointFailing: boolean;
  /** Attempts since it was last put to work, and all there were. */
  readonly attempts: number;
  readonly attemptsTotal: number;
  /** Attempts per second at most, of the endpoint; null without a rate. */
  readonly ratePerSecond: number | null;
  /** Under a rate the attempt begins so much later. */
  readonly waitMs: number;
};
