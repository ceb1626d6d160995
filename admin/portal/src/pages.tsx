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
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { HomePage } from './shell/home-page.tsx';
import { Shell } from './shell/shell.tsx';

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

const tree = root.addChildren([
  signIn,
  signUp,
  forgotPassword,
  choosePassword,
  confirmAddress,
  acceptInvitation,
  signedIn.addChildren([home, profile]),
]);

export function createPages(app: App) {
  return createRouter({ routeTree: tree, basepath: app.base, context: { app }, defaultPreload: false, scrollRestoration: true });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
