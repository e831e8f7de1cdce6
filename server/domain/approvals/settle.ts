import type { Approval, Prisma } from '../../../prisma/generated/client/client.ts';
import type { Decision } from '../../../prisma/generated/client/enums.ts';
import type { Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import type { Organisation } from '../../platform/access/organisation.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';

/** What a decision brings about for the subject, in the transaction that decides. */
export type Settle = (
  tx: Prisma.TransactionClient,
  writes: WriteSet,
  approval: Approval,
  outcome: {
    readonly decision: Decision;
    readonly comment: string | null;
    readonly actor: Actor;
    readonly at: Date;
    readonly services: Services;
    readonly organisation: Organisation;
  },
) => Promise<void>;
