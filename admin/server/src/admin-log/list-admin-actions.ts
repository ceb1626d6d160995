import type { AdminContext } from '../context.ts';
import { AdminAction } from './admin-action.entity.ts';

const PAGE_MAX = 200;

/** The latest actions, newest first, of one target or of all. */
export async function listAdminActions(
  { database }: AdminContext,
  filter: { target?: string; actor?: string } = {},
): Promise<AdminAction[]> {
  return database.fork().find(AdminAction, filter, { orderBy: { at: 'desc', id: 'desc' }, limit: PAGE_MAX });
}
