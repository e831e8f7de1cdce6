import type { CustomerFacts, GradeFacts, GuardFacts, PromiseFacts } from '../../server/engine/policy/facts.ts';
import { openPolicies } from '../../server/engine/policy/open-policies.ts';
import type { PolicyLimits } from '../../server/engine/policy/runtime-options.ts';
import { HeldClock } from '../../server/platform/values/wall-clock.ts';
import faulty from './plugins/faulty.ts';

export const NOW = '2026-03-02T01:00:00.000Z';

export const customer: CustomerFacts = {
  kind: 'INDIVIDUAL',
  stage: 'FORMAL',
  grade: null,
  consent: { vipService: null, marketing: null },
  profile: {},
};

export const promiseFacts = (type: string): PromiseFacts => ({
  now: NOW,
  cause: 'OPENED',
  ticket: { type, level: 1, case: null, channel: 'PHONE', openedAt: NOW, appointmentAt: null },
  customer,
});

export const guardFacts = (input: Record<string, unknown> = {}): GuardFacts => ({
  now: NOW,
  action: 'OPEN_TICKET',
  viewer: { roles: ['CUSTOMER_MANAGER'] },
  customer,
  ticket: null,
  input,
});

export const gradeFacts = (
  scheme: string,
  figures: Record<string, string | number>,
  more: Partial<GradeFacts> = {},
): GradeFacts => ({
  now: NOW,
  today: '2026-03-02',
  scheme,
  customer,
  metrics: Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [key, { value: String(value), asOf: '2026-03-01' }]),
  ),
  judgements: [],
  history: [],
  listed: null,
  ...more,
});

export interface SettingRow {
  policyId: string;
  enabled: boolean;
  parameters: Record<string, unknown>;
  version: string;
  updatedAt: Date;
}

/** Policies over settings that the test holds in its hand, with the faulty plugin unless others are given. */
export async function startPolicies(
  options: { limits?: Partial<PolicyLimits>; plugins?: Parameters<typeof openPolicies>[0]['plugins'] } = {},
) {
  const clock = new HeldClock(new Date(NOW));
  const settings: SettingRow[] = [];
  const logged: unknown[] = [];
  const write = (...line: unknown[]) => void logged.push(line);
  const policies = await openPolicies({
    plugins: options.plugins ?? [{ policy: faulty, url: new URL('./plugins/faulty.ts', import.meta.url).href }],
    prisma: { policySetting: { findMany: (async () => structuredClone(settings)) as never } },
    log: { debug: write, warn: write, error: write } as never,
    clock,
    nowMs: () => clock.now().getTime(),
    ...(options.limits && { limits: options.limits }),
  });
  return {
    policies,
    clock,
    settings,
    logged,
    advance: (ms: number) => clock.set(new Date(clock.now().getTime() + ms)),
    [Symbol.asyncDispose]: () => policies.close(),
  };
}
