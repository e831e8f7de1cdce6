import { definePolicy, minutes } from '../../../server/engine/policy/contract.ts';

const because = { en: 'Because.', zh: '因为。' };
const OFFICE = [{ start: '09:00', end: '18:00' }];

/** Kinds that a policy raises with its reactions. */
export const REACTIONS = [
  'RENEWAL_DUE',
  'TARGET_MISSED',
  'GRADE_CHANGED',
  'COMPLAINT_SURGE',
  'DATA_LEAK',
  'APPROVAL_WAITING',
] as const;

/**
 * Raises an alert of every kind that a policy may raise when a ticket of type NOISE is opened, and breaks for those of
 * type FAULT. An acknowledgement holds for two hours of office time.
 */
export default definePolicy({
  id: 'loud',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Loud', zh: '响' },
  businessLine: true,
  access: 'CENTRAL',
  calendars: {
    office: {
      label: { en: 'Office hours', zh: '办公时间' },
      timeZone: 'Asia/Shanghai',
      holidays: 'NONE',
      week: { 1: OFFICE, 2: OFFICE, 3: OFFICE, 4: OFFICE, 5: OFFICE },
    },
  },
  acknowledgement: { minutes: 120, calendar: 'office' },
  ticketTypes: {
    NOISE: { label: { en: 'Noise', zh: '噪音' } },
    FAULT: { label: { en: 'Fault', zh: '故障' } },
    TASK: { label: { en: 'Work', zh: '工作' } },
  },
  answers: {
    promise: ({ ticket }) => {
      if (ticket.type === 'FAULT') throw new Error('broken');
      const answer =
        ticket.type === 'TASK'
          ? [
              {
                metric: 'RESOLUTION' as const,
                target: minutes(30),
                calendar: 'always' as const,
                audience: ['SUPERVISOR' as const],
              },
            ]
          : [];
      return { answer, because };
    },
    react: ({ event, ticket }) => ({
      answer: {
        tasks: [],
        alerts:
          event.kind === 'OPENED' && ticket?.type === 'NOISE'
            ? REACTIONS.map((kind) => ({
                key: `loud:${kind}`,
                kind,
                severity: 'WARNING' as const,
                message: { en: `${kind}!`, zh: `${kind}！` },
                audience: ['SUPERVISOR' as const],
              }))
            : [],
      },
      because,
    }),
  },
});
