// Whose request it is, when proxies stand in front. A proxy adds the address it was asked from at the right of a list; what stands further
// left was said by whoever asked it. So the list is read from the right, and only for as long as the one who speaks is a trusted proxy.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { addressCheck, plainAddress } from './address-check.ts';

/** Answers the address of the client: the first from the right that is not a trusted proxy. */
export type ClientAddress = (incoming: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } }) => string;

/** `trusted`: addresses and CIDR blocks. Without any, no header is believed. */
export function createClientAddress(trusted: readonly string[]): ClientAddress {
  const isTrusted = trusted.length === 0 ? () => false : addressCheck(trusted);
  return ({ headers, socket }) => {
    const peer = plainAddress(socket.remoteAddress ?? '');
    if (!isTrusted(peer)) return peer;
    const { forwarded, 'x-forwarded-for': forwardedFor } = headers;
    if (forwarded === undefined && forwardedFor === undefined) return peer;
    const ways = [];
    if (forwardedFor !== undefined) ways.push(walk(peer, String(forwardedFor).split(','), isTrusted));
    if (forwarded !== undefined) ways.push(walk(peer, readForwarded(forwarded), isTrusted));
    // A proxy writes one of the two headers and may pass the other on as it came: when they differ, one of them is the client's own word.
    return ways[0] === ways.at(-1) ? (ways[0] ?? peer) : peer;
  };
}

function walk(peer: string, hops: readonly string[], isTrusted: (address: string) => boolean): string {
  let client = peer;
  for (const hop of hops.toReversed()) {
    const address = readNode(hop.trim());
    // `unknown`, a made-up name, or no address at all: the proxy that says so is as far as can be known.
    if (address === undefined) return client;
    client = address;
    if (!isTrusted(address)) return client;
  }
  return client;
}

/** An address with or without a port: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`. */
function readNode(text: string): string | undefined {
  if (isIP(text) !== 0) return plainAddress(text);
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(text) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? plainAddress(bracketed) : undefined;
  return plain !== undefined && isIP(plain) === 4 ? plain : undefined;
}

/** `for` of every element of a Forwarded header (RFC 7239, 4); an empty text where there is none. Nothing is believed of a malformed header. */
function readForwarded(header: string): readonly string[] {
  const hops: string[] = [];
  const pair = /\s*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([\w!#$%&'*+.^`|~:[\]-]+))\s*(;|,|$)/y;
  let hop = '';
  while (pair.lastIndex < header.length) {
    const match = pair.exec(header);
    if (match === null) return [];
    const [, name = '', quoted, token = '', end] = match;
    if (name.toLowerCase() === 'for') hop = quoted ?? token;
    if (end === ';') continue;
    hops.push(hop);
    hop = '';
  }
  return hops;
}
