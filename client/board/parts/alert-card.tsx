import { useState } from 'preact/hooks';
import { refusalOf, useApi } from '../api.ts';
import { AcknowledgeAlertDocument, type BoardAlertFragment } from '../generated/operations.ts';
import { useWords } from '../i18n.ts';
import { Countdown } from './countdown.tsx';
import { SnoozeButton } from './snooze.tsx';

/** The instant that counts, where the matter is still open. */
export function dueOf({ clock, ticket, task }: BoardAlertFragment): string | null {
  if (clock) return ['FULFILLED', 'CANCELLED'].includes(clock.state) ? null : clock.dueAt;
  if (task) return ['DONE', 'SKIPPED', 'CANCELLED'].includes(task.status) ? null : task.dueAt;
  return ticket?.nextDueAt ?? null;
}

/** Milliseconds for which what somebody took on is shown in any case. */
const JUST_TAKEN_MS = 3_600_000;

/** Whether somebody has it, and there is something left to do: what is over is nobody's any more. */
export function isInHand({ acknowledgement, task, approval, ticket }: BoardAlertFragment, now: number): boolean {
  if (!acknowledgement) return false;
  if (now - Date.parse(acknowledgement.at) < JUST_TAKEN_MS) return true;
  if (task) return ['OPEN', 'OVERDUE'].includes(task.status);
  if (approval) return ['PENDING', 'RATIFICATION_DUE'].includes(approval.state);
  return ticket ? ticket.slaState !== 'NONE' : false;
}

/** An alert with what it is about, who has it, and the button to take it on. */
export function AlertCard({
  alert,
  isNew,
  mayTake,
  maySnooze,
  onTaken,
}: {
  readonly alert: BoardAlertFragment;
  readonly isNew: boolean;
  readonly mayTake: boolean;
  readonly maySnooze: boolean;
  onTaken(problem: string | null): void;
}) {
  const { t, code, instant } = useWords();
  const api = useApi();
  const [isBusy, setBusy] = useState(false);
  const due = dueOf(alert);
  const take = async () => {
    setBusy(true);
    const result = await api.send(AcknowledgeAlertDocument, { id: alert.id });
    setBusy(false);
    const conflict = result.data?.acknowledgeAlert?.__typename === 'Conflict';
    onTaken(conflict ? t('taken') : refusalOf(result));
  };
  const { ticket, customer, acknowledgement } = alert;
  return (
    <li
      class={`card ${alert.severity.toLowerCase()}${isNew ? ' fresh' : ''}${alert.snooze ? ' put-off' : ''}`}
      data-alert={alert.id}
    >
      <div class="card-head">
        <strong>{code(alert.kind)}</strong>
        {due && <Countdown to={due} />}
      </div>
      <p>{alert.message}</p>
      <p class="facts">
        {ticket && (
          <a href={`#/ticket/${ticket.id}`}>
            {ticket.number} {ticket.subject}
          </a>
        )}
        {customer && <a href={`#/customer/${customer.id}`}>{customer.name}</a>}
        <span>{alert.policy?.label}</span>
        <span>{alert.branch.name}</span>
        <time dateTime={alert.raisedAt}>{instant(alert.raisedAt)}</time>
      </p>
      <Progress alert={alert} />
      {!acknowledgement && (
        <p class="buttons">
          {mayTake && (
            <button type="button" class="take" disabled={isBusy} onClick={() => void take()}>
              {t('acknowledge')}
            </button>
          )}
          {maySnooze && <SnoozeButton alert={alert} onDone={() => onTaken(null)} />}
        </p>
      )}
    </li>
  );
}

/** Who has it, up to whom it climbed, and until when it is put off. */
function Progress({
  alert: { acknowledgement, assignee, climbs, climbsAt, snooze },
}: {
  readonly alert: BoardAlertFragment;
}) {
  const { t, code, time } = useWords();
  if (acknowledgement)
    return (
      <p class="has" title={acknowledgement.note ?? undefined}>
        {t('has', { name: acknowledgement.by.name })}
      </p>
    );
  const last = climbs.at(-1);
  const isUp = last !== undefined && last.rung > 1;
  const who = assignee?.name ?? (last && code(last.to));
  return (
    <>
      {who && (
        <p class={isUp ? 'with climbed' : 'with'}>
          {t(isUp ? 'climbedTo' : 'isWith', { name: who })}
          {climbsAt && ` · ${t('climbsAt', { time: time(climbsAt) })}`}
        </p>
      )}
      {snooze && (
        <p class="snoozed">{t('snoozed', { time: time(snooze.until), name: snooze.by.name, why: snooze.reason })}</p>
      )}
    </>
  );
}
