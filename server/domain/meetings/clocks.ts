import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { PolicyCalendars } from '../../engine/sla/calendars.ts';
import { subjectClockRow } from '../../engine/sla/subject-clock.ts';

const AUDIENCE = ['SUPERVISOR', 'DIRECTOR'] as const;

/** The key of the clock that runs until a meeting's minutes are filed. */
export function minutesKey(meetingId: string): string {
  return `minutes:${meetingId}`;
}

/** The key of the clock that runs until a resolution has an owner. */
export function ownerKey(resolutionId: string): string {
  return `resolution-owner:${resolutionId}`;
}

interface About {
  readonly policy: InstalledPolicy;
  readonly calendars: PolicyCalendars;
  readonly branchId: string;
  readonly heldAt: Date;
}

function clock(
  { policy, calendars, branchId, heldAt }: About,
  given: {
    readonly key: string;
    readonly subject: { readonly type: string; readonly id: string };
    readonly label: { readonly en: string; readonly zh: string };
    readonly hours: number;
  },
): Prisma.SubjectClockUncheckedCreateInput {
  const { hours, ...promise } = given;
  return subjectClockRow(
    calendars,
    {
      ...promise,
      policyId: policy.declaration.id,
      branchId,
      alertKind: 'TASK_OVERDUE',
      audience: AUDIENCE,
      policyVersion: policy.version,
      within: { target: { kind: 'DURATION', minutes: hours * 60 } },
    },
    heldAt,
  );
}

/** The minutes are due so many hours after the meeting, where the policy's parameter says how many. */
export function minutesClock(about: About, meetingId: string): Prisma.SubjectClockUncheckedCreateInput | null {
  const { declaration, parameters } = about.policy;
  const name = declaration.meetings?.minutesHours;
  const hours = name === undefined ? undefined : parameters[name];
  if (typeof hours !== 'number') return null;
  const label = { en: 'Minutes of the meeting', zh: '会议纪要' };
  return clock(about, { key: minutesKey(meetingId), subject: { type: 'Meeting', id: meetingId }, label, hours });
}

/** A resolution has an owner so many hours after the meeting, where the policy says how many (S01: 24). */
export function ownerClock(
  about: About,
  resolution: { readonly id: string; readonly text: string },
): Prisma.SubjectClockUncheckedCreateInput | null {
  const hours = about.policy.declaration.meetings?.ownerHours;
  if (hours === undefined) return null;
  const short = resolution.text.slice(0, 80);
  const label = { en: `Owner of the resolution “${short}”: unassigned`, zh: `决议“${short}”未指定责任人` };
  return clock(about, {
    key: ownerKey(resolution.id),
    subject: { type: 'Resolution', id: resolution.id },
    label,
    hours,
  });
}
