import { Anchor } from '@mantine/core';
import type { Mode } from '@portico/contracts/modes';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** An account's endpoints and deliveries are of one mode: links carry it. */
export type Tenant = { accountId: string; mode: Mode };

export function EndpointLink({ accountId, mode, endpointId, children }: Tenant & { endpointId: string; children: ReactNode }) {
  return (
    <Anchor
      className="anywhere"
      renderRoot={(props) => (
        <Link {...props} to="/accounts/$accountId/webhooks/$endpointId" params={{ accountId, endpointId }} search={{ mode }} />
      )}
    >
      {children}
    </Anchor>
  );
}

export function DeliveryLink({ accountId, mode, deliveryId, children }: Tenant & { deliveryId: string; children: ReactNode }) {
  return (
    <Anchor
      className="anywhere"
      renderRoot={(props) => (
        <Link {...props} to="/accounts/$accountId/deliveries/$deliveryId" params={{ accountId, deliveryId }} search={{ mode }} />
      )}
    >
      {children}
    </Anchor>
  );
}

export function EndpointsLink({ accountId, mode }: Tenant) {
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => <Link {...props} to="/accounts/$accountId/webhooks" params={{ accountId }} search={{ mode }} />}
    >
      ← All endpoints
    </Anchor>
  );
}
