import { AppError, notFound } from '@portico/contracts/errors';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { ReplayJob } from '../replay-job.entity.ts';
import { replayRow } from './start-replay.ts';

/** Stops a job where it is; what it has queued is sent. Cancelling twice answers the same. INVALID_STATE for one that has completed. */
export function cancelReplay(context: SubgraphContext, id: string, expectedVersion?: number | null): Promise<Row> {
  return context.write(async (em) => {
    const job = await em.findOne(ReplayJob, { id });
    if (job === null) throw notFound('replay', id);
    requireVersion(job, expectedVersion);
    if (job.status === 'completed')
      throw new AppError('INVALID_STATE', 'The replay has completed.', { details: { status: job.status, allowed: ['running'] } });
    if (job.status === 'running') {
      const now = context.now();
      em.assign(job, { status: 'cancelled', completedAt: now, updatedAt: now });
      await em.flush();
    }
    return replayRow(job);
  });
}
