import { Anchor, type AnchorProps } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** A link to a page that only the app itself knows, by its path. */
export function PageLink({ to, children, ...rest }: { to: string; children: ReactNode } & AnchorProps) {
  // The types of the router know the pages of one app; this is of both.
  return (
    <Anchor component={Link} to={to as '/'} {...rest}>
      {children}
    </Anchor>
  );
}
