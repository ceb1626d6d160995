export const TICKET_STATUSES = ['open', 'answered', 'closed'] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** What the queue can be narrowed to; open ones when nothing is said. */
export const TICKET_CHOICES = [...TICKET_STATUSES, 'all'] as const;
export type TicketChoice = (typeof TICKET_CHOICES)[number];
