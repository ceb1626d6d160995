// Mantine's components as links of the router: where they lead is checked when they are compiled.
import { Anchor, type AnchorProps, Menu, type MenuItemProps, NavLink, type NavLinkProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

type Native = Omit<ComponentProps<'a'>, keyof AnchorProps>;

export const AnchorLink = createLink((props: AnchorProps & Native) => <Anchor {...props} />);
export const NavigationLink = createLink((props: NavLinkProps & Omit<ComponentProps<'a'>, keyof NavLinkProps>) => (
  <NavLink component="a" {...props} />
));
export const MenuLink = createLink((props: MenuItemProps & Omit<ComponentProps<'a'>, keyof MenuItemProps>) => (
  <Menu.Item component="a" {...props} />
));
