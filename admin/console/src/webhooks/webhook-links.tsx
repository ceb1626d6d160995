import type { Mode } from '@portico/contracts/modes';
import { AnchorLink } from '@portico/ui/show/links';
import type { ReactNode } from 'react';

/** An account's endpoints and deliveries are of one mode: links carry it. */
export type Tenant = { accountId: string; mode: Mode };

export function EndpointLink({ accountId, mode, endpointId, children }: Tenant & { endpointId: string; children: ReactNode }) {
  return (
    <AnchorLink className="breaking" to="/accounts/$accountId/webhooks/$endpointId" params={{ accountId, endpointId }} search={{ mode }}>
      {children}
    </AnchorLink>
  );
}

export function DeliveryLink({ accountId, mode, deliveryId, children }: Tenant & { deliveryId: string; children: ReactNode }) {
  return (
    <AnchorLink
      className="breaking"
      to="/accounts/$accountId/webhooks/deliveries/$deliveryId"
      params={{ accountId, deliveryId }}
      search={{ mode }}
    >
      {children}
    </AnchorLink>
  );
}

export function EndpointsLink({ accountId, mode }: Tenant) {
  return (
    <AnchorLink size="sm" to="/accounts/$accountId/webhooks" params={{ accountId }} search={{ mode }}>
      ← All endpoints
    </AnchorLink>
  );
}
