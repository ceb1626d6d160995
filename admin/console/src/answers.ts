// What the procedures answer, as it arrives here: times are texts.
import type { OperatorClient } from '@portico/admin-server/client';

type Answer<Procedure extends { query: (...given: never[]) => Promise<unknown> }> = Awaited<ReturnType<Procedure['query']>>;

export type Me = Answer<OperatorClient['me']['get']>;
export type Account = Answer<OperatorClient['accounts']['get']>;
export type ApiKey = Answer<OperatorClient['apiKeys']['get']>;
export type Client = Answer<OperatorClient['oauthClients']['get']>;
export type Member = Answer<OperatorClient['members']['list']>[number];
export type Operator = Answer<OperatorClient['operators']['list']>[number];
export type TierSettings = Answer<OperatorClient['tiers']['list']>[number];
export type TierConcerned = Answer<OperatorClient['tiers']['concerned']>;
export type SigningKey = Answer<OperatorClient['signingKeys']['list']>[number];
export type Ticket = Answer<OperatorClient['tickets']['get']>;
export type TicketRow = Answer<OperatorClient['tickets']['list']>[number];
export type AdminLogEntry = Answer<OperatorClient['adminLog']['list']>[number];
export type RequestRow = Answer<OperatorClient['requestLog']['list']>[number];
export type Endpoint = Answer<OperatorClient['endpoints']['get']>;
export type Delivery = Answer<OperatorClient['deliveries']['get']>;
export type Replay = Answer<OperatorClient['replays']['list']>['items'][number];
