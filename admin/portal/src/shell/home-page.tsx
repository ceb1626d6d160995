import { Page } from '@portico/ui/layout/page';

export function HomePage() {
  return <Page title="Your accounts">{null}</Page>;
}
