import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const TICKET_STATUSES = ['open', 'answered', 'closed'] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];
export type TicketSide = 'developer' | 'operator';

export const Ticket = defineEntity({
  name: 'Ticket',
  tableName: 'ticket',
  properties: {
    id: p.string().columnType('text').primary(),
    accountId: p.string().columnType('text'),
    openedBy: p.string().columnType('text'),
    subject: p.string().columnType('text'),
    /** `open` waits for an operator, `answered` for a developer. */
    status: p.string().columnType('text').$type<TicketStatus>(),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
  },
});
export type Ticket = InferEntity<typeof Ticket>;

export const TicketMessage = defineEntity({
  name: 'TicketMessage',
  tableName: 'ticket_message',
  properties: {
    id: p.string().columnType('text').primary(),
    ticketId: p.string().columnType('text'),
    authorSide: p.string().columnType('text').$type<TicketSide>(),
    authorName: p.string().columnType('text'),
    body: p.string().columnType('text'),
    createdAt: p.datetime().length(3),
  },
});
export type TicketMessage = InferEntity<typeof TicketMessage>;
