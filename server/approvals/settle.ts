import type { Actor, Organisation } from '../access/actor.ts';
import type { Services } from '../context.ts';
import type { Approval, Prisma } from '../generated/prisma/client.ts';
import type { Decision } from '../generated/prisma/enums.ts';
import type { WriteSet } from '../storage/write-set.ts';

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
