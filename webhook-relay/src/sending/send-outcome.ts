/** Milliseconds. The first three are there when the attempt opened a connection of its own. */
export type SendTimings = {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  /** From the start to the response's headers. */
  readonly firstByteMs?: number;
  readonly totalMs: number;
};

/** Why there is no status. */
export type SendErrorCode =
  /** The text of the URL is against the rules. */
  | 'blocked_url'
  /** The host name has an address that is not public. */
  | 'blocked_address'
  | 'dns'
  | 'connect'
  | 'tls'
  /** The deadline came before the response's headers. */
  | 'timeout'
  /** The receiver ended the connection before the response's headers. */
  | 'reset'
  /** What came is not HTTP/1.1, or more than may come. */
  | 'protocol'
  /** The caller gave up. */
  | 'aborted';

export type SendOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Lower-case names; repeated fields are joined by a comma. */
      readonly headers: Readonly<Record<string, string>>;
      /** As it came, at most 64 KiB, never decompressed. */
      readonly body: Buffer;
      readonly truncated: boolean;
      /** What cut a truncated body off. */
      readonly truncatedBy?: 'size' | 'deadline' | 'connection';
      readonly timings: SendTimings & { readonly firstByteMs: number };
      readonly remoteAddress?: string;
    }
  | {
      readonly kind: 'failed';
      /** The message is fit for the endpoint's owner: no address, no path of ours. */
      readonly error: { readonly code: SendErrorCode; readonly message: string };
      readonly timings: SendTimings;
      readonly remoteAddress?: string;
    };
