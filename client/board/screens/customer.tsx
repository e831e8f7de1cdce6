import type { ComponentChildren } from 'preact';
import { useScreen } from '../api.ts';
import { CustomerScreenDocument, type CustomerScreenQuery } from '../generated/operations.ts';
import { useWords } from '../i18n.ts';
import { Countdown } from '../parts/countdown.tsx';

type File = NonNullable<CustomerScreenQuery['customer']>;

/** A customer's file: grade and what is missing to the next tier, plan, contacts, tickets, records. */
export function Customer({ id }: { readonly id: string }) {
  const { t, code, date } = useWords();
  const { data, error } = useScreen(CustomerScreenDocument, { id }, 60_000);
  if (!data) return <p role={error ? 'alert' : 'status'}>{error ?? t('loading')}</p>;
  const { customer } = data;
  if (!customer) return <p role="alert">{t('forbidden')}</p>;
  return (
    <>
      <h1>
        {customer.name} <small>{customer.number}</small>
      </h1>
      <p class="facts">
        <span>{customer.policy.label}</span>
        <span>{code(customer.kind)}</span>
        <span>{customer.branch.name}</span>
        <span>
          {t('manager')} {customer.manager?.name}
        </span>
        {customer.phone.text && (
          <span>
            {t('phone')} {customer.phone.text}
          </span>
        )}
        {customer.email.text && (
          <span>
            {t('email')} {customer.email.text}
          </span>
        )}
        {customer.birthday && <span>{date(customer.birthday)}</span>}
      </p>
      <div class="columns">
        <GradePart customer={customer} />
        <Part name="figures" count={customer.metrics.length}>
          {customer.metrics.map(({ metric, value, asOf }) => (
            <li key={metric.key}>
              {metric.label} <b>{value}</b> {metric.unit} <time dateTime={asOf}>{date(asOf)}</time>
            </li>
          ))}
        </Part>
        <Part name="plan" count={customer.plans.nodes.length}>
          {customer.plans.nodes.map((plan) => (
            <li key={plan.id}>
              <b>{code(plan.status)}</b> {plan.objective}
              <p class="facts">
                <span>{`${date(plan.startsOn)} – ${date(plan.endsOn)}`}</span>
                <span>{`${plan.spent.amount} / ${plan.budget.amount} ${plan.budget.currency}`}</span>
              </p>
              <ul>
                {plan.measures.map((measure) => (
                  <li key={measure.id}>
                    {measure.measure} <span>{code(measure.status)}</span>{' '}
                    <time dateTime={measure.dueAt}>{date(measure.dueAt)}</time>
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </Part>
        <Part name="tickets" count={customer.tickets.nodes.length}>
          {customer.tickets.nodes.map((ticket) => (
            <li key={ticket.id}>
              <a href={`#/ticket/${ticket.id}`}>
                {ticket.number} {ticket.subject}
              </a>{' '}
              <span class={`state ${ticket.slaState.toLowerCase()}`}>{code(ticket.slaState)}</span>{' '}
              {code(ticket.status)} {ticket.nextDueAt && <Countdown to={ticket.nextDueAt} />}
            </li>
          ))}
        </Part>
        <Part name="tasks" count={customer.tasks.nodes.length}>
          {customer.tasks.nodes.map((task) => (
            <li key={task.id}>
              {task.title} <Countdown to={task.dueAt} /> {task.assignee?.name}
            </li>
          ))}
        </Part>
        <Part name="contacts" count={customer.contacts.length}>
          {customer.contacts.map((contact) => (
            <li key={contact.id}>
              <b>{contact.name}</b> {contact.role} {contact.phone.text}
            </li>
          ))}
        </Part>
        <Part name="records" count={customer.interactions.nodes.length}>
          {customer.interactions.nodes.map((one) => (
            <li key={one.id}>
              <time dateTime={one.happenedAt}>{date(one.happenedAt)}</time> {code(one.channel)} {one.staff.name}:{' '}
              {one.summary}
            </li>
          ))}
        </Part>
      </div>
    </>
  );
}

function Part({
  name,
  count,
  children,
}: {
  readonly name: Parameters<ReturnType<typeof useWords>['t']>[0];
  readonly count: number;
  readonly children: ComponentChildren;
}) {
  const { t } = useWords();
  return (
    <section aria-label={t(name)}>
      <h2>{t(name)}</h2>
      {count > 0 ? <ul class="plain">{children}</ul> : <p class="empty">{t('nothing')}</p>}
    </section>
  );
}

function GradePart({ customer: { grade, assessments } }: { readonly customer: File }) {
  const { t, date } = useWords();
  const [latest] = assessments.nodes;
  return (
    <section aria-label={t('grade')}>
      <h2>{t('grade')}</h2>
      {grade ? (
        <p>
          <b>{grade.tier.label}</b> {t('since', { date: date(grade.since) })}{' '}
          {grade.reviewDueOn && t('review', { date: date(grade.reviewDueOn) })}
        </p>
      ) : (
        <p class="empty">{t('noGrade')}</p>
      )}
      {grade && grade.tier.benefits.length > 0 && (
        <p>
          {t('benefits')}: {grade.tier.benefits.map(({ label }) => label).join(' · ')}
        </p>
      )}
      {latest?.nextTier && (
        <table>
          <caption>{t('missing', { tier: latest.nextTier.tier.label })}</caption>
          <tbody>
            {latest.nextTier.gaps.map(({ metric, current, needed }) => (
              <tr key={metric.key}>
                <th scope="row">{metric.label}</th>
                <td>{current ?? '–'}</td>
                <td>{`${needed} ${metric.unit}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {latest && latest.indicators.length > 0 && (
        <table>
          <caption>{t('indicators')}</caption>
          <tbody>
            {latest.indicators.map(({ key, label, value, met, basis }) => (
              <tr key={key}>
                <th scope="row">{label}</th>
                <td>{value ?? '–'}</td>
                <td>
                  {met === null ? '' : met ? '✓' : '✗'} {basis}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
