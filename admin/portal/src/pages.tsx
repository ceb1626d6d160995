// Every page of the portal and its path, which is also what a link says.
import type { App } from '@portico/ui/data/open-app';
import { sessionOf } from '@portico/ui/data/open-app';
import { NotFoundPage, ProblemPage } from '@portico/ui/layout/problem-page';
import { ProfilePage } from '@portico/ui/profile/profile-page';
import { AcceptInvitationPage } from '@portico/ui/sign-in/accept-invitation-page';
import { ChoosePasswordPage } from '@portico/ui/sign-in/choose-password-page';
import { ConfirmAddressPage } from '@portico/ui/sign-in/confirm-address-page';
import { ForgotPasswordPage } from '@portico/ui/sign-in/forgot-password-page';
import { SignInPage } from '@portico/ui/sign-in/sign-in-page';
import { SignUpPage } from '@portico/ui/sign-in/sign-up-page';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { HomePage } from './accounts/home-page.tsx';
import { NewAccountPage } from './accounts/new-account-page.tsx';
import { SettingsPage } from './accounts/settings-page.tsx';
import { ChangesPage } from './changes/changes-page.tsx';
import { ClientsPage } from './clients/clients-page.tsx';
import { DELIVERY_STATUSES, DeliveriesPage } from './deliveries/deliveries-page.tsx';
import { DeliveryPage } from './deliveries/delivery-page.tsx';
import { KeyPage } from './keys/key-page.tsx';
import { KeysPage } from './keys/keys-page.tsx';
import { MembersPage } from './members/members-page.tsx';
import { RequestsPage } from './requests/requests-page.tsx';
import { AccountFrame } from './shared/account-frame.tsx';
import { MODES, type Mode } from './shared/use-account.ts';
import { Shell } from './shell/shell.tsx';
import { TicketPage } from './tickets/ticket-page.tsx';
import { TicketsPage } from './tickets/tickets-page.tsx';
import { WebhookPage } from './webhooks/webhook-page.tsx';
import { WebhooksPage } from './webhooks/webhooks-page.tsx';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const maybe = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const root = createRootRouteWithContext<{ app: App }>()({ notFoundComponent: NotFoundPage, errorComponent: ProblemPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>) => ({ next: maybe(search.next), email: maybe(search.email) }),
  component: () => <SignInPage {...signIn.useSearch()} />,
});
const signUp = createRoute({ getParentRoute: () => root, path: '/sign-up', component: () => <SignUpPage /> });
const forgotPassword = createRoute({ getParentRoute: () => root, path: '/forgot-password', component: ForgotPasswordPage });
const choosePassword = createRoute({
  getParentRoute: () => root,
  path: '/choose-password',
  validateSearch: ({ token }: Record<string, unknown>) => ({ token: text(token) }),
  component: () => <ChoosePasswordPage {...choosePassword.useSearch()} />,
});
const confirmAddress = createRoute({
  getParentRoute: () => root,
  path: '/confirm-address',
  validateSearch: ({ token }: Record<string, unknown>) => ({ token: text(token) }),
  component: () => <ConfirmAddressPage {...confirmAddress.useSearch()} />,
});
const acceptInvitation = createRoute({
  getParentRoute: () => root,
  path: '/accept-invitation',
  validateSearch: ({ email }: Record<string, unknown>) => ({ email: text(email) }),
  component: () => <AcceptInvitationPage {...acceptInvitation.useSearch()} />,
});

/** Everything below is for whoever is signed in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  async beforeLoad({ context: { app }, location }) {
    if ((await sessionOf(app)) === null) throw redirect({ to: '/sign-in', search: { next: location.publicHref, email: undefined } });
  },
  component: Shell,
});
const home = createRoute({ getParentRoute: () => signedIn, path: '/', component: HomePage });
const profile = createRoute({ getParentRoute: () => signedIn, path: '/profile', component: ProfilePage });

const newAccount = createRoute({ getParentRoute: () => signedIn, path: '/new-account', component: NewAccountPage });

/** One account in one mode: links from one of its pages to another keep the mode. */
const account = createRoute({
  getParentRoute: () => signedIn,
  path: '/accounts/$accountId',
  validateSearch: (search: Record<string, unknown>): { mode: Mode } => ({ mode: MODES.find((mode) => mode === search.mode) ?? 'live' }),
  search: { middlewares: [retainSearchParams(['mode'])] },
  component: AccountFrame,
});
const of = { getParentRoute: () => account };
const accountPages = [
  // The charts come with the pages that show them.
  createRoute({ ...of, path: '/', component: lazyRouteComponent(() => import('./usage/overview-page.tsx'), 'OverviewPage') }),
  createRoute({ ...of, path: '/keys', component: KeysPage }),
  createRoute({ ...of, path: '/keys/$keyId', component: KeyPage }),
  createRoute({ ...of, path: '/clients', component: ClientsPage }),
  createRoute({ ...of, path: '/webhooks', component: WebhooksPage }),
  createRoute({ ...of, path: '/webhooks/$endpointId', component: WebhookPage }),
  createRoute({
    ...of,
    path: '/deliveries',
    validateSearch: (search: Record<string, unknown>) => ({
      endpointId: maybe(search.endpointId),
      status: DELIVERY_STATUSES.find((status) => status === search.status),
    }),
    component: DeliveriesPage,
  }),
  createRoute({ ...of, path: '/deliveries/$deliveryId', component: DeliveryPage }),
  createRoute({ ...of, path: '/requests', component: RequestsPage }),
  createRoute({ ...of, path: '/members', component: MembersPage }),
  createRoute({ ...of, path: '/changes', component: ChangesPage }),
  createRoute({ ...of, path: '/tickets', component: TicketsPage }),
  createRoute({ ...of, path: '/tickets/$ticketId', component: TicketPage }),
  createRoute({ ...of, path: '/settings', component: SettingsPage }),
] as const;

const tree = root.addChildren([
  signIn,
  signUp,
  forgotPassword,
  choosePassword,
  confirmAddress,
  acceptInvitation,
  signedIn.addChildren([home, profile, newAccount, account.addChildren(accountPages)]),
]);

export function createPages(app: App) {
  return createRouter({ routeTree: tree, basepath: app.base, context: { app }, defaultPreload: false, scrollRestoration: true });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
