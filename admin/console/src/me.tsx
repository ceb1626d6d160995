import { createContext, type ReactNode, useContext } from 'react';
import type { Me } from './answers.ts';
import { type Deed, mayRole } from './may.ts';

const MeContext = createContext<Me | undefined>(undefined);

export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <MeContext value={me}>{children}</MeContext>;
}

/** Who is signed in. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === undefined) throw new Error('Nobody is signed in around this.');
  return me;
}

export function useMay(deed: Deed): boolean {
  return mayRole(useMe().role, deed);
}
