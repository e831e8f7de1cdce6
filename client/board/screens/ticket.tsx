import { createClient } from 'graphql-ws/client';
import { useEffect, useState } from 'preact/hooks';
import { keepToken } from '../../index.ts';
import { refusalOf, socketUrl, textOf, useApi, useScreen } from '../api.ts';
import { TicketChangedDocument, TicketScreenDocument, type TicketScreenQuery } from '../generated/operations.ts';
import { useWords } from '../i18n.ts';
import { ClockBar } from '../parts/clock-bar.tsx';
import { useServerNow } from '../parts/countdown.tsx';
import { CommandDialog } from '../parts/dialog.tsx';
import { TICKET_MOVES } from '../ticket-moves.ts';

type Move = NonNullable<TicketScreenQuery['ticket']>['allowedMoves'][number]['move'];

/** A ticket: its promises with their proof, what can be done now, and what happened. */
export function Ticket({ id }: { readonly id: string }) {
  const says = useWords();
  const { t, code, instant } = says;
  const api = useApi();
  const now = useServerNow();
  const { data, error, reload } = useScreen(TicketScreenDocument, { id });
  const [move, setMove] = useState<Move | null>(null);
  useChanges(id, reload);
  if (!data) return <p role={error ? 'alert' : 'status'}>{error ?? t('loading')}</p>;
  const { ticket } = data;
  if (!ticket) return <p role="alert">{t('forbidden')}</p>;
  const type = ticket.policy?.ticketTypes.find((one) => one.code === ticket.type);
  return (
    <>
      <h1>
        {ticket.number} {ticket.subject}
      </h1>
      <p class="facts">
        <span class={`state ${ticket.slaState.toLowerCase()}`}>{code(ticket.slaState)}</span>
        <span>{code(ticket.status)}</span>
        <span>
          {type?.label ?? ticket.type} · {t('level')} {ticket.level}
        </span>
        <a href={`#/customer/${ticket.customer.id}`}>
          {ticket.customer.name} {ticket.customer.grade?.tier.label}
        </a>
        <span>{ticket.branch.name}</span>
        <span>{ticket.assignee?.name}</span>
        <span>{code(ticket.channel)}</span>
        <time dateTime={ticket.openedAt}>{instant(ticket.openedAt)}</time>
      </p>
      {ticket.description && <p>{ticket.description}</p>}
      {ticket.resolution && (
        <p>
          <b>{t('resolution')}</b> {ticket.resolution}
        </p>
      )}
      <section aria-label={t('moves')}>
        <h2>{t('moves')}</h2>
        <ul class="moves">
          {ticket.allowedMoves.map(({ move: one, refusal }) => (
            <li key={one}>
              <button
                type="button"
                aria-disabled={refusal !== null}
                aria-describedby={refusal ? `why-${one}` : undefined}
                onClick={() => refusal === null && setMove(one)}
              >
                {code(one)}
              </button>
              {refusal && (
                <small id={`why-${one}`} class="why">
                  {refusal.message}
                </small>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section aria-label={t('clocks')}>
        <h2>{t('clocks')}</h2>
        {ticket.clocks.map((clock) => (
          <ClockBar key={clock.id} clock={clock} now={now} />
        ))}
      </section>
      <section aria-label={t('timeline')}>
        <h2>{t('timeline')}</h2>
        <ol class="timeline">
          {ticket.timeline.nodes.map((event) => (
            <li key={event.id}>
              <time dateTime={event.at}>{instant(event.at)}</time> <b>{code(event.kind)}</b>{' '}
              <span>{event.by?.name}</span> <span>{event.text}</span>
            </li>
          ))}
        </ol>
      </section>
      {move && (
        <CommandDialog
          title={`${ticket.number}: ${code(move)}`}
          fields={TICKET_MOVES[move].fields(says, ticket)}
          run={async (values) => {
            const refused = refusalOf(await TICKET_MOVES[move].run(api, ticket, values));
            await reload();
            return refused;
          }}
          onClose={() => setMove(null)}
        />
      )}
    </>
  );
}

/** Reads the ticket again after every change of it, whoever made it. */
function useChanges(id: string, reload: () => Promise<void>): void {
  const api = useApi();
  useEffect(() => {
    const keeper = keepToken(api.token);
    const client = createClient({
      url: socketUrl(),
      connectionParams: keeper.connectionParams,
      retryAttempts: 1e9,
      shouldRetry: () => true,
    });
    const detach = keeper.attach(client);
    const end = client.subscribe(
      { query: textOf(TicketChangedDocument), variables: { id } },
      { next: () => void reload(), error: () => undefined, complete: () => undefined },
    );
    return () => {
      end();
      detach();
      void client.dispose();
    };
  }, [api, id, reload]);
}
