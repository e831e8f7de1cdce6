import type { OperationResult } from '@urql/core';
import type { Api } from './api.ts';
import * as operations from './generated/operations.ts';
import type { Says } from './i18n.ts';
import type { Field } from './parts/dialog.tsx';

type Ticket = NonNullable<operations.TicketScreenQuery['ticket']>;
type Move = Ticket['allowedMoves'][number]['move'];
type Values = Readonly<Record<string, string>>;

export interface TicketMove {
  readonly fields: (says: Says, ticket: Ticket) => readonly Field[];
  readonly run: (api: Api, ticket: Ticket, values: Values) => Promise<OperationResult>;
}

const reason = ({ t }: Says): Field => ({ name: 'reason', label: t('reason'), kind: 'text', isNeeded: true });

const at = (local: string | undefined) => new Date(local ?? '').toISOString();

const HOLD_REASONS = ['APPROVAL', 'ANOTHER_PARTY', 'ANOTHER_DEPARTMENT'] as const;

/** What each move of a ticket asks, and the mutation that it is. */
export const TICKET_MOVES: Readonly<Record<Move, TicketMove>> = {
  ACKNOWLEDGE: {
    fields: ({ t }) => [{ name: 'message', label: t('message'), kind: 'text' }],
    run: (api, { id }, { message }) => api.send(operations.AcknowledgeTicketDocument, { id, message: message || null }),
  },
  START: {
    fields: () => [],
    run: (api, { id, version }) =>
      api.send(operations.UpdateTicketDocument, { input: { id, expectedVersion: version, status: 'IN_PROGRESS' } }),
  },
  UPDATE: {
    fields: ({ t }) => [{ name: 'comment', label: t('comment'), kind: 'text', isNeeded: true }],
    run: (api, { id, version }, { comment }) =>
      api.send(operations.UpdateTicketDocument, { input: { id, expectedVersion: version, comment: comment ?? '' } }),
  },
  WAIT_ON_CUSTOMER: {
    fields: (says) => [reason(says)],
    run: (api, { id }, values) => api.send(operations.WaitOnCustomerDocument, { id, reason: values.reason ?? '' }),
  },
  HOLD: {
    fields: (says) => [
      {
        name: 'waitsFor',
        label: says.t('waitsFor'),
        kind: 'choice',
        isNeeded: true,
        choices: HOLD_REASONS.map((value) => ({ value, label: says.code(value) })),
      },
      reason(says),
    ],
    run: (api, { id, version }, values) => {
      const waitsFor = HOLD_REASONS.find((one) => one === values.waitsFor) ?? 'ANOTHER_PARTY';
      const input = { id, expectedVersion: version, waitsFor, reason: values.reason ?? '' };
      return api.send(operations.HoldTicketDocument, { input });
    },
  },
  RESUME: { fields: () => [], run: (api, { id }) => api.send(operations.ResumeTicketDocument, { id }) },
  ESCALATE: {
    fields: (says, ticket) => [
      { name: 'level', label: says.t('level'), kind: 'choice', isNeeded: true, choices: levelsAbove(ticket) },
      reason(says),
    ],
    run: (api, { id }, values) =>
      api.send(operations.EscalateTicketDocument, { id, level: Number(values.level), reason: values.reason ?? '' }),
  },
  RESOLVE: {
    fields: ({ t }) => [
      { name: 'resolution', label: t('resolution'), kind: 'text', isNeeded: true },
      { name: 'rootCause', label: t('rootCause'), kind: 'text' },
    ],
    run: (api, { id }, { resolution = '', rootCause }) =>
      api.send(operations.ResolveTicketDocument, { id, resolution, rootCause: rootCause || null }),
  },
  CLOSE: {
    fields: ({ t }) => [{ name: 'confirmed', label: t('confirmed'), kind: 'check' }],
    run: (api, { id }, { confirmed }) =>
      api.send(operations.CloseTicketDocument, { id, customerConfirmed: confirmed === 'true' }),
  },
  CANCEL: {
    fields: (says) => [reason(says)],
    run: (api, { id, version }, values) =>
      api.send(operations.CancelTicketDocument, {
        input: { id, expectedVersion: version, reason: values.reason ?? '' },
      }),
  },
  REOPEN: {
    fields: (says) => [reason(says)],
    run: (api, { id }, values) => api.send(operations.ReopenTicketDocument, { id, reason: values.reason ?? '' }),
  },
  RESCHEDULE: {
    fields: (says) => [
      { name: 'appointmentAt', label: says.t('appointment'), kind: 'instant', isNeeded: true },
      reason(says),
    ],
    run: (api, { id, version }, values) =>
      api.send(operations.RescheduleAppointmentDocument, {
        input: { id, expectedVersion: version, appointmentAt: at(values.appointmentAt), reason: values.reason ?? '' },
      }),
  },
  CHANGE_CASE: {
    fields: (says) => [{ name: 'case', label: says.t('case'), kind: 'text', isNeeded: true }, reason(says)],
    run: (api, { id, version }, values) =>
      api.send(operations.ChangeTicketCaseDocument, {
        input: { id, expectedVersion: version, case: values.case ?? '', reason: values.reason ?? '' },
      }),
  },
};

function levelsAbove({ policy, type, level }: Ticket) {
  const levels = policy?.ticketTypes.find(({ code }) => code === type)?.levels ?? [];
  return levels.filter((one) => one.level > level).map((one) => ({ value: String(one.level), label: one.label }));
}
