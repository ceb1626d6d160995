// An undici Agent holds its certificate from its construction on, so every version of a certificate has an Agent of its own. The old one is
// closed late: a call that was given it may still wait for its turn, and an Agent that is closed takes no new request.
import { Agent } from 'undici';

export type TlsCredentials = { cert: string; key: string; ca?: string | undefined };

export type CertificateAgents = AsyncDisposable & {
  /** The Agent of this version. Those of other versions are closed once no call can want them any more. */
  of(version: string, credentials: TlsCredentials): Agent;
};

/** Longer than a call may take, with all its tries. What still runs then is let finish by the Agent itself. */
const DRAIN_MS = 120_000;
const CONNECT_TIMEOUT_MS = 5_000;

export function openCertificateAgents({ drainMs = DRAIN_MS }: { drainMs?: number } = {}): CertificateAgents {
  const agents = new Map<string, Agent>();
  const draining = new Map<string, NodeJS.Timeout>();
  let inUse: string | undefined;

  function retire(version: string): void {
    const close = (): void => {
      draining.delete(version);
      const agent = agents.get(version);
      agents.delete(version);
      void agent?.close().catch(() => {});
    };
    draining.set(version, setTimeout(close, drainMs).unref());
  }
  return {
    of(version, { cert, key, ca }) {
      if (inUse !== undefined && inUse !== version) retire(inUse);
      inUse = version;
      clearTimeout(draining.get(version));
      draining.delete(version);
      let agent = agents.get(version);
      if (agent === undefined) {
        agent = new Agent({ connect: { cert, key, ca, timeout: CONNECT_TIMEOUT_MS } });
        agents.set(version, agent);
      }
      return agent;
    },
    async [Symbol.asyncDispose]() {
      for (const timer of draining.values()) clearTimeout(timer);
      await Promise.all([...agents.values()].map((agent) => agent.close()));
      agents.clear();
    },
  };
}
