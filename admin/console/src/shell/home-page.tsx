import { Page } from '@portico/ui/layout/page';

export function HomePage() {
  return <Page title="Accounts">{null}</Page>;
}
