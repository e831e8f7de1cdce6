import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Organisation } from '../../platform/access/organisation.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { dayIn } from '../../platform/values/days.ts';
import { fulfilDuties } from '../duties/fulfil.ts';
import type { RecordKind } from './find-record.ts';
import type { FoundSubject } from './find-subject.ts';

/** Marks the duties that a record of the kind does as done, in the transaction that ends the record. */
export async function fulfilByRecord(
  tx: TransactionClient,
  { organisation, now }: { readonly organisation: Organisation; readonly now: Date },
  {
    policy,
    kind,
    declared,
    subject,
    fields,
  }: RecordKind & { readonly subject: FoundSubject; readonly fields: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { declaration } = policy;
  const officeId = organisation.officeOf(declaration.id);
  await fulfilDuties(
    tx,
    policy,
    { record: kind },
    {
      branchId: subject.branchId,
      officeId,
      personId: subject.person?.id ?? null,
      customerId: subject.customer?.id ?? null,
      fields,
      day: dayIn(now, zoneOf(declaration)),
      at: now,
      outcome: declared.label.en,
    },
  );
}
