import { useState } from 'preact/hooks';
import { refusalOf, useApi, useScreen } from '../api.ts';
import {
  ConfigurePolicyDocument,
  PoliciesScreenDocument,
  type PoliciesScreenQuery,
  PolicyImpactDocument,
  type PolicyImpactQuery,
} from '../generated/operations.ts';
import { useWords } from '../i18n.ts';
import { Impact } from '../parts/impact.tsx';

type Policy = NonNullable<PoliciesScreenQuery['policies']>[number];

/** What is promised, by whom and why; parameters with a preview of what another value would change. */
export function Policies({ id }: { readonly id: string | null }) {
  const { t } = useWords();
  const { data, error, reload } = useScreen<PoliciesScreenQuery & { serverTime?: string }, Record<string, never>>(
    PoliciesScreenDocument,
    {},
  );
  if (!data) return <p role={error ? 'alert' : 'status'}>{error ?? t('loading')}</p>;
  const policies = data.policies ?? [];
  const policy = policies.find((one) => one.id === id) ?? policies[0];
  if (!policy) return <p class="empty">{t('nothing')}</p>;
  return (
    <>
      <h1>{policy.label}</h1>
      <nav class="tabs" aria-label={t('policies')}>
        {policies.map((one) => (
          <a key={one.id} href={`#/policies/${one.id}`} aria-current={one === policy ? 'page' : undefined}>
            {one.label}
          </a>
        ))}
      </nav>
      <Parameters key={policy.version} policy={policy} permissions={data.viewer.permissions} reload={reload} />
      <Reference policy={policy} />
    </>
  );
}

/** A value as it is typed: text where it is text, else JSON. */
function typedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function Parameters({
  policy,
  permissions,
  reload,
}: {
  readonly policy: Policy;
  readonly permissions: readonly string[];
  reload(): Promise<void>;
}) {
  const { t } = useWords();
  const api = useApi();
  const [edited, setEdited] = useState<Readonly<Record<string, string>>>({});
  const [impact, setImpact] = useState<PolicyImpactQuery['policyImpact'] | null>(null);
  const [said, setSaid] = useState('');
  const changed = Object.entries(edited).filter(([, text]) => text !== '');
  const parameters = changed.map(([key, text]) => ({ key, value: typedValue(text) }));
  const preview = async () => {
    const result = await api.send(PolicyImpactDocument, { policyId: policy.id, parameters, sampleSize: 10 });
    setImpact(result.data?.policyImpact ?? null);
    setSaid(result.error && !result.data?.policyImpact ? t('somethingFailed', { why: result.error.message }) : '');
  };
  const apply = async (reason: string) => {
    const input = { policyId: policy.id, expectedVersion: policy.version, parameters, reason };
    const refused = refusalOf(await api.send(ConfigurePolicyDocument, { input }));
    setSaid(refused ? t('somethingFailed', { why: refused }) : t('changed'));
    if (!refused) await reload();
  };
  const mayPreview = permissions.includes('PREVIEW_POLICY');
  return (
    <section aria-label={t('parameters')}>
      <h2>{t('parameters')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void preview();
        }}
      >
        <div class="scroll">
          <table>
            <tbody>
              {policy.parameters.map(({ key, value, description }) => (
                <tr key={key}>
                  <th scope="row" id={`parameter-${key}`}>
                    {description} <code>{key}</code>
                  </th>
                  <td>{value === null || value === undefined ? <em>{t('notSet')}</em> : shown(value)}</td>
                  {mayPreview && (
                    <td>
                      <input
                        aria-labelledby={`parameter-${key}`}
                        value={edited[key] ?? ''}
                        onInput={({ currentTarget }) => {
                          setEdited({ ...edited, [key]: currentTarget.value });
                          setImpact(null);
                        }}
                      />
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {mayPreview && (
          <button type="submit" disabled={changed.length === 0}>
            {t('preview')}
          </button>
        )}
      </form>
      <p role="status" class="said">
        {said}
      </p>
      {impact && (
        <>
          <Impact impact={impact} />
          {permissions.includes('CONFIGURE_POLICY') && (
            <form
              class="filters"
              onSubmit={(event) => {
                event.preventDefault();
                void apply(String(new FormData(event.currentTarget).get('reason')));
              }}
            >
              <label>
                {t('reason')} <input name="reason" required />
              </label>
              <button type="submit" class="take">
                {t('apply')}
              </button>
            </form>
          )}
        </>
      )}
    </section>
  );
}

function Reference({ policy }: { readonly policy: Policy }) {
  const { t } = useWords();
  return (
    <div class="columns">
      <section aria-label={t('tiers')}>
        <h2>{t('tiers')}</h2>
        {policy.tierSchemes.map((scheme) => (
          <article key={scheme.id}>
            <h3>{scheme.label}</h3>
            <p class="rules">{scheme.rulesText}</p>
            <ul class="plain">
              {scheme.tiers.map((tier) => (
                <li key={tier.code}>
                  <b>{tier.label}</b> {tier.benefits.map(({ label }) => label).join(' · ')}
                </li>
              ))}
            </ul>
          </article>
        ))}
      </section>
      <section aria-label={t('types')}>
        <h2>{t('types')}</h2>
        {policy.ticketTypes.map((type) => (
          <article key={type.code}>
            <h3>{type.label}</h3>
            <ul class="plain">
              {type.levels.flatMap((level) =>
                level.targets.map((target) => (
                  <li key={`${level.level} ${target.metric}`}>
                    {level.label}: {target.label} <b>{target.duration}</b> {target.calendar.label}{' '}
                    {target.warnAtPercent.join(', ')} %
                  </li>
                )),
              )}
            </ul>
          </article>
        ))}
      </section>
      <section aria-label={t('calendars')}>
        <h2>{t('calendars')}</h2>
        {policy.calendars.map((calendar) => (
          <article key={calendar.id}>
            <h3>
              {calendar.label} <small>{`v${calendar.version} · ${calendar.timeZone}`}</small>
            </h3>
            <p>{calendar.keepsHolidays && t('holidays')}</p>
            <ul class="plain">
              {Object.entries(
                (calendar.week ?? {}) as Readonly<Record<string, readonly { start: string; end: string }[]>>,
              ).map(([day, hours]) => (
                <li key={day}>
                  {day}: {hours.map(({ start, end }) => `${start}–${end}`).join(', ')}
                </li>
              ))}
            </ul>
          </article>
        ))}
      </section>
    </div>
  );
}
