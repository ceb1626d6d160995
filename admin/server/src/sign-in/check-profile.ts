// The library takes a name of any size, and a picture that nobody shows. They are looked at before it is asked whether the address is known,
// so that a refusal does not tell.

import { nameText } from '@portico/service-kit/written-text';
import { z } from 'zod';
import { type Side, signInPath } from '../sides.ts';
import type { SignIn } from './create-sign-in.ts';
import { jsonOf } from './json-of.ts';

const PATHS = ['/sign-up/email', '/update-user'];
const profile = z.object({ name: nameText.optional(), image: z.null().optional() });

/** 400 for a name that is none; a body that is no object is the library's to refuse. */
export function checkProfile(side: Side, handle: SignIn['handle']): SignIn['handle'] {
  return async (request) => {
    const given = PATHS.includes(signInPath(side, request)) ? await jsonOf(request) : undefined;
    if (typeof given !== 'object' || given === null || profile.safeParse(given).success) return handle(request);
    return Response.json({ code: 'INVALID_PROFILE' }, { status: 400 });
  };
}
