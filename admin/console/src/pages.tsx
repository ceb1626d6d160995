// Every page of the console and its path, which is also what a link says.
import { MODES, type Mode } from '@portico/contracts/modes';
import type { App } from '@portico/ui/data/open-app';
import { sessionOf } from '@portico/ui/data/open-app';
import { NotFoundPage, ProblemPage } from '@portico/ui/layout/problem-page';
import { ProfilePage } from '@portico/ui/profile/profile-page';
import { ChoosePasswordPage } from '@portico/ui/sign-in/choose-password-page';
import { ForgotPasswordPage } from '@portico/ui/sign-in/forgot-password-page';
import { SignInPage } from '@portico/ui/sign-in/sign-in-page';
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { AccountOverview } from './accounts/account-overview.tsx';
import { AccountPage } from './accounts/account-page.tsx';
import { AccountsPage } from './accounts/accounts-page.tsx';
import { AccountLogTab } from './admin-log/account-log-tab.tsx';
import { AdminLogPage } from './admin-log/admin-log-page.tsx';
import { KeyPage } from './api-keys/key-page.tsx';
import { KeysTab } from './api-keys/keys-tab.tsx';
import { MembersTab } from './members/members-tab.tsx';
import { ClientPage } from './oauth-clients/client-page.tsx';
import { ClientsTab } from './oauth-clients/clients-tab.tsx';
import { OperatorsPage } from './operators/operators-page.tsx';
import { RequestsTab } from './request-log/requests-tab.tsx';
import { type RangeSearch, rangeSearch, searchDay, searchText, searchWord } from './search.ts';
import { Shell } from './shell/shell.tsx';
import { SigningKeysPage } from './signing-keys/signing-keys-page.tsx';
import { AccountTicketsTab } from './tickets/account-tickets-tab.tsx';
import { TICKET_CHOICES, type TicketChoice } from './tickets/ticket-choices.ts';
import { TicketPage } from './tickets/ticket-page.tsx';
import { TicketsPage } from './tickets/tickets-page.tsx';
import { TiersPage } from './tiers/tiers-page.tsx';
import { LATENCY_BY, type LatencyBy } from './usage/latency.tsx';
import { UsageTab } from './usage/usage-tab.tsx';
import { ViolationsPage } from './violations/violations-page.tsx';
import { DELIVERY_STATUSES, type DeliveryStatus } from './webhooks/deliveries.tsx';
import { DeliveryPage } from './webhooks/delivery-page.tsx';
import { EndpointPage } from './webhooks/endpoint-page.tsx';
import { WebhooksTab } from './webhooks/webhooks-tab.tsx';

type Search = Record<string, unknown>;

const root = createRootRouteWithContext<{ app: App }>()({ notFoundComponent: NotFoundPage, errorComponent: ProblemPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ next, email }: Search): { next?: string; email?: string } => ({ next: searchText(next), email: searchText(email) }),
  component: () => <SignInPage {...signIn.useSearch()} />,
});
const forgotPassword = createRoute({ getParentRoute: () => root, path: '/forgot-password', component: ForgotPasswordPage });
const choosePassword = createRoute({
  getParentRoute: () => root,
  path: '/choose-password',
  validateSearch: ({ token }: Search) => ({ token: searchText(token) ?? '' }),
  component: () => <ChoosePasswordPage {...choosePassword.useSearch()} />,
});

/** Everything below is for whoever is signed in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  async beforeLoad({ context: { app }, location }) {
    if ((await sessionOf(app)) === null) throw redirect({ to: '/sign-in', search: { next: location.publicHref } });
  },
  component: Shell,
});
const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad() {
    throw redirect({ to: '/accounts' });
  },
});
const profile = createRoute({ getParentRoute: () => signedIn, path: '/profile', component: ProfilePage });

const accounts = createRoute({
  getParentRoute: () => signedIn,
  path: '/accounts',
  validateSearch: ({ q }: Search): { q?: string } => ({ q: searchText(q) }),
  component: AccountsPage,
});
const account = createRoute({ getParentRoute: () => signedIn, path: '/accounts/$accountId', component: AccountPage });
/** Webhooks belong to one mode of an account. */
const modeSearch = ({ mode }: Search): { mode: Mode } => ({ mode: searchWord(MODES, mode) ?? 'live' });
const partsOfAccount = [
  createRoute({ getParentRoute: () => account, path: '/', component: AccountOverview }),
  createRoute({ getParentRoute: () => account, path: '/keys', component: KeysTab }),
  createRoute({ getParentRoute: () => account, path: '/keys/$keyId', component: KeyPage }),
  createRoute({ getParentRoute: () => account, path: '/clients', component: ClientsTab }),
  createRoute({ getParentRoute: () => account, path: '/clients/$clientId', component: ClientPage }),
  createRoute({ getParentRoute: () => account, path: '/members', component: MembersTab }),
  createRoute({ getParentRoute: () => account, path: '/webhooks', validateSearch: modeSearch, component: WebhooksTab }),
  createRoute({
    getParentRoute: () => account,
    path: '/webhooks/$endpointId',
    validateSearch: (search: Search): { mode: Mode; status?: DeliveryStatus } => ({
      ...modeSearch(search),
      status: searchWord(DELIVERY_STATUSES, search.status),
    }),
    component: EndpointPage,
  }),
  createRoute({
    getParentRoute: () => account,
    path: '/webhooks/deliveries/$deliveryId',
    validateSearch: modeSearch,
    component: DeliveryPage,
  }),
  createRoute({
    getParentRoute: () => account,
    path: '/usage',
    validateSearch: (search: Search): RangeSearch & { by?: LatencyBy } => ({
      ...rangeSearch(search),
      by: searchWord(LATENCY_BY, search.by),
    }),
    component: UsageTab,
  }),
  createRoute({ getParentRoute: () => account, path: '/requests', component: RequestsTab }),
  createRoute({ getParentRoute: () => account, path: '/tickets', component: AccountTicketsTab }),
  createRoute({ getParentRoute: () => account, path: '/log', component: AccountLogTab }),
] as const;

const tickets = createRoute({
  getParentRoute: () => signedIn,
  path: '/tickets',
  validateSearch: ({ status }: Search): { status?: TicketChoice } => ({ status: searchWord(TICKET_CHOICES, status) }),
  component: TicketsPage,
});
const ticket = createRoute({ getParentRoute: () => signedIn, path: '/tickets/$ticketId', component: TicketPage });
const violations = createRoute({
  getParentRoute: () => signedIn,
  path: '/violations',
  validateSearch: rangeSearch,
  component: ViolationsPage,
});
const tiers = createRoute({ getParentRoute: () => signedIn, path: '/tiers', component: TiersPage });
const signingKeys = createRoute({ getParentRoute: () => signedIn, path: '/signing-keys', component: SigningKeysPage });
const operators = createRoute({ getParentRoute: () => signedIn, path: '/operators', component: OperatorsPage });
const adminLog = createRoute({
  getParentRoute: () => signedIn,
  path: '/admin-log',
  validateSearch: (
    search: Search,
  ): { accountId?: string; actor?: string; action?: string; target?: string; from?: string; until?: string } => ({
    accountId: searchText(search.accountId),
    actor: searchText(search.actor),
    action: searchText(search.action),
    target: searchText(search.target),
    from: searchDay(search.from),
    until: searchDay(search.until),
  }),
  component: AdminLogPage,
});

const tree = root.addChildren([
  signIn,
  forgotPassword,
  choosePassword,
  signedIn.addChildren([
    home,
    profile,
    accounts,
    account.addChildren(partsOfAccount),
    tickets,
    ticket,
    violations,
    tiers,
    signingKeys,
    operators,
    adminLog,
  ]),
]);

export function createPages(app: App) {
  return createRouter({ routeTree: tree, basepath: app.base, context: { app }, defaultPreload: false, scrollRestoration: true });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
