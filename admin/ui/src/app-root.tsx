import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, StrictMode, useContext } from 'react';
import { createRoot } from 'react-dom/client';
import type { App } from './data/open-app.ts';
import { theme } from './theme.tsx';

const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('There is no app around this.');
  return app;
}

/** Of this response: styles without it are refused by the browser. Read by the library that locks scrolling behind dialogs, too. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

const RELOADED = 'portico-reloaded';
const RELOAD_ONCE_MS = 10_000;

/** Shows the app. `children`: what only this one needs around its pages, and its pages. */
export function showApp(app: App, children: ReactNode): void {
  const place = document.getElementById('root');
  if (place === null) throw new Error('The document has no place for the app.');
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
  reloadWhenReleased();
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
        <Notifications position="top-right" />
        <QueryClientProvider client={app.queryClient}>
          <AppContext value={app}>{children}</AppContext>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

/** A page that was opened before a release asks for a part that is gone: the new document knows the new ones. Once, for it may be gone for good. */
function reloadWhenReleased(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(RELOADED));
    if (Date.now() - last < RELOAD_ONCE_MS) return;
    event.preventDefault();
    sessionStorage.setItem(RELOADED, String(Date.now()));
    location.reload();
  });
}
