import { useEffect, useState } from 'preact/hooks';
import { refusalOf, useApi, useScreen } from '../api.ts';
import {
  CompleteTaskDocument,
  DecideApprovalDocument,
  type Decision,
  MyDayScreenDocument,
  type MyDayScreenQuery,
} from '../generated/operations.ts';
import { useWords } from '../i18n.ts';
import { Countdown } from '../parts/countdown.tsx';
import { CommandDialog } from '../parts/dialog.tsx';

type Task = NonNullable<MyDayScreenQuery['tasks']>['nodes'][number];
type Approval = NonNullable<MyDayScreenQuery['approvals']>['nodes'][number];
type Row = { readonly kind: 'TASK'; readonly task: Task } | { readonly kind: 'APPROVAL'; readonly approval: Approval };
type Asked = { readonly row: Row; readonly decision: Decision | null };

const KEYS: Readonly<Record<string, Decision>> = { a: 'APPROVE', r: 'RETURN', x: 'REJECT' };

/** My tasks in the order in which they are due, and what waits for my decision; all of it from the keyboard. */
export function Day() {
  const { t } = useWords();
  const { data, error, reload } = useScreen(MyDayScreenDocument, { first: 50 }, 30_000);
  const [at, setAt] = useState(0);
  const [asked, setAsked] = useState<Asked | null>(null);
  const rows: Row[] = [
    ...(data?.approvals?.nodes ?? []).map((approval) => ({ kind: 'APPROVAL' as const, approval })),
    ...(data?.tasks?.nodes ?? []).map((task) => ({ kind: 'TASK' as const, task })),
  ];
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target, key } = event;
      const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select, dialog *');
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      const row = rows[at];
      if (key === 'j' || key === 'k') focusRow(Math.min(Math.max(0, at + (key === 'j' ? 1 : -1)), rows.length - 1));
      else if (key === 'd' && row?.kind === 'TASK') setAsked({ row, decision: null });
      else if (KEYS[key] && row?.kind === 'APPROVAL') setAsked({ row, decision: KEYS[key] });
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
  if (!data) return <p role={error ? 'alert' : 'status'}>{error ?? t('loading')}</p>;
  const focusRow = (index: number) => {
    setAt(index);
    document.querySelector<HTMLElement>(`[data-row="${index}"]`)?.focus();
  };
  const list = (kind: Row['kind']) =>
    rows.map((row, index) =>
      row.kind === kind ? (
        <li
          key={index}
          data-row={index}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys go from row to row
          tabIndex={0}
          onFocus={() => setAt(index)}
          class={at === index ? 'row at' : 'row'}
        >
          {row.kind === 'TASK' ? (
            <TaskRow task={row.task} onDone={() => setAsked({ row, decision: null })} />
          ) : (
            <ApprovalRow approval={row.approval} onDecide={(decision) => setAsked({ row, decision })} />
          )}
        </li>
      ) : null,
    );
  return (
    <>
      <h1>{t('day')}</h1>
      <p class="hint">{t('keys')}</p>
      <section aria-label={t('approvals')}>
        <h2>
          {t('approvals')} <span class="count">{data.approvals?.totalCount ?? 0}</span>
        </h2>
        {data.approvals?.nodes.length ? <ul class="rows">{list('APPROVAL')}</ul> : <p class="empty">{t('nothing')}</p>}
      </section>
      <section aria-label={t('tasks')}>
        <h2>
          {t('tasks')} <span class="count">{data.tasks?.totalCount ?? 0}</span>
        </h2>
        {data.tasks?.nodes.length ? <ul class="rows">{list('TASK')}</ul> : <p class="empty">{t('nothing')}</p>}
      </section>
      {asked && <Ask asked={asked} reload={reload} onClose={() => setAsked(null)} />}
    </>
  );
}

function Ask({
  asked: { row, decision },
  reload,
  onClose,
}: {
  readonly asked: Asked;
  reload(): Promise<void>;
  onClose(): void;
}) {
  const { t, code } = useWords();
  const api = useApi();
  const isTask = row.kind === 'TASK';
  const name = decision === 'APPROVE' ? 'comment' : 'reason';
  return (
    <CommandDialog
      title={isTask ? row.task.title : `${code(row.approval.kind)}: ${t(wordOf(decision))}`}
      fields={[
        isTask
          ? { name: 'outcome', label: t('outcome'), kind: 'text', isNeeded: true }
          : { name, label: t(name), kind: 'text', isNeeded: decision !== 'APPROVE' },
      ]}
      run={async (values) => {
        const result =
          row.kind === 'TASK'
            ? await api.send(CompleteTaskDocument, { input: { id: row.task.id, outcome: values.outcome ?? '' } })
            : await api.send(DecideApprovalDocument, {
                input: { id: row.approval.id, decision: decision ?? 'RETURN', comment: values[name] || null },
              });
        await reload();
        return refusalOf(result);
      }}
      onClose={onClose}
    />
  );
}

function TaskRow({ task, onDone }: { readonly task: Task; onDone(): void }) {
  const { t, code } = useWords();
  return (
    <>
      <div>
        <b>{task.title}</b>
        <p class="facts">
          <span>{code(task.origin)}</span>
          {task.customer && <a href={`#/customer/${task.customer.id}`}>{task.customer.name}</a>}
          {task.ticket && <a href={`#/ticket/${task.ticket.id}`}>{task.ticket.number}</a>}
          <span>{task.channel && code(task.channel)}</span>
          <Countdown to={task.dueAt} />
        </p>
      </div>
      <button type="button" onClick={onDone}>
        {t('done')}
      </button>
    </>
  );
}

const DECISIONS = ['APPROVE', 'RETURN', 'REJECT'] as const satisfies readonly Decision[];

const wordOf = (decision: Decision | null) => (decision ?? 'RETURN').toLowerCase() as 'approve' | 'return' | 'reject';

function ApprovalRow({ approval, onDecide }: { readonly approval: Approval; onDecide(decision: Decision): void }) {
  const { t, code, instant } = useWords();
  return (
    <>
      <div>
        <b>{code(approval.kind)}</b> {approval.reason}
        <p class="facts">
          <span>{t('requestedBy', { name: approval.requestedBy.name })}</span>
          {approval.customer && <a href={`#/customer/${approval.customer.id}`}>{approval.customer.name}</a>}
          {approval.amount && (
            <span>
              {approval.amount.amount} {approval.amount.currency}
            </span>
          )}
          <time dateTime={approval.requestedAt}>{instant(approval.requestedAt)}</time>
          {approval.dueAt && <Countdown to={approval.dueAt} />}
          <span>
            {approval.steps
              .map(({ role, decision, decidedBy }) => `${code(role)}${decision ? ` ✓ ${decidedBy?.name ?? ''}` : ''}`)
              .join(' → ')}
          </span>
        </p>
      </div>
      <span class="buttons">
        {DECISIONS.map((decision) => (
          <button key={decision} type="button" onClick={() => onDecide(decision)}>
            {t(wordOf(decision))}
          </button>
        ))}
      </span>
    </>
  );
}
