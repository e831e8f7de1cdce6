import { definePolicy, endOfDay, minutes, z } from '../../../server/engine/policy/contract.ts';

const because = { en: 'By the level.', zh: '按级别。' };

/** Three levels of complaints: open time, the end of a day, and one whose parameter is blank. */
export default definePolicy({
  id: 'levels',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Levels', zh: '级别' },
  access: 'CENTRAL',
  parameters: { thirdMinutes: { schema: z.number(), description: { en: 'Blank.', zh: '空白。' }, source: 'test' } },
  ticketTypes: {
    COMPLAINT: {
      label: { en: 'Complaint', zh: '投诉' },
      levels: { 1: { en: 'General', zh: '一般' }, 2: { en: 'Serious', zh: '严重' }, 3: { en: 'Unset', zh: '未设定' } },
    },
    REQUEST: { label: { en: 'Request', zh: '请求' } },
  },
  calendars: {
    hall: {
      label: { en: 'Hall', zh: '营业厅' },
      timeZone: 'Asia/Shanghai',
      week: { 1: [{ start: '09:00', end: '17:00' }] },
      holidays: 'NONE',
    },
  },
  answers: {
    promise: ({ ticket }, parameters) => {
      if (ticket.type !== 'COMPLAINT') return undefined;
      if (ticket.level === 1)
        return { answer: [{ metric: 'RESOLUTION', target: minutes(480), calendar: 'hall' }], because };
      if (ticket.level === 2) return { answer: [{ metric: 'RESOLUTION', target: endOfDay(1) }], because };
      return { answer: [{ metric: 'RESOLUTION', target: minutes(parameters.thirdMinutes) }], because };
    },
  },
});
