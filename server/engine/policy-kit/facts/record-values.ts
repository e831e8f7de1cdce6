import type { RecordFact } from '../../policy/action-inputs.ts';
import type { RecordDeclaration } from '../../policy/contract/records.ts';
import { shapeOfFields } from '../../policy/records/form-fields.ts';
import type { Random } from '../random.ts';
import type { Subject } from '../subject.ts';
import { DAYS, profileOf } from './profile-values.ts';

type Told = Readonly<Record<string, unknown>>;

/** Fields of a kind as policies are told of them. */
export function recordFields({ numbers }: Subject, declared: RecordDeclaration | undefined, random: Random): Told {
  if (!declared) return {};
  return shapeOfFields(
    declared.fields,
    profileOf(declared.fields, { without: [], numbers, random }),
    declared.sensitive,
  );
}

/** What is done to a record of a declared kind, and up to two earlier ones. */
export function anyRecord(subject: Subject, random: Random): Record<string, unknown> {
  const kinds = Object.keys(subject.policy.records ?? {});
  const kind = kinds.length > 0 ? random.pick(kinds) : 'OTHER';
  const declared = subject.policy.records?.[kind];
  const steps = declared?.steps ?? [];
  const step = steps.length > 0 ? random.pick(steps) : null;
  const brought = step?.brings
    ? shapeOfFields(step.brings, profileOf(step.brings, { without: [], numbers: subject.numbers, random }))
    : {};
  const before = recordFields(subject, declared, random);
  const status = Object.keys(declared?.statuses ?? {});
  return {
    kind,
    fields: recordFields(subject, declared, random),
    before,
    step: step?.code ?? 'OTHER',
    steps: steps.slice(0, random.int(steps.length + 1)).map(({ code }) => code),
    brought,
    status: status.length > 0 ? random.pick(status) : null,
    earlier: Array.from({ length: random.int(3) }, () => anyEarlier(subject, random)),
  };
}

const STATES = ['OPEN', 'CLOSED', 'CLOSED', 'CANCELLED', 'REJECTED'] as const;

/** A record that there was before. */
export function anyEarlier(subject: Subject, random: Random): RecordFact {
  const kinds = Object.keys(subject.policy.records ?? {});
  const kind = kinds.length > 0 ? random.pick(kinds) : 'OTHER';
  const declared = subject.policy.records?.[kind];
  return {
    kind,
    state: random.pick(STATES),
    status: Object.keys(declared?.statuses ?? {})[0] ?? null,
    steps: (declared?.steps ?? []).slice(0, random.int(4)).map(({ code }) => code),
    startedOn: random.pick(DAYS),
    isPart: declared?.about === 'RECORD',
    fields: recordFields(subject, declared, random),
  };
}
