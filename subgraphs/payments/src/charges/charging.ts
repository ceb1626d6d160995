import type { Logger } from '@portico/service-kit/logger';
import type { PaymentProviders } from '../payment-provider/payment-provider.ts';

/** What charging is done with. */
export type Charging = { readonly providers: PaymentProviders; readonly logger: Logger };

/** How long the provider has to find a charge. */
export const FIND_TIMEOUT_MS = 1_500;
