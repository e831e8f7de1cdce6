import type { PauseReason, Role } from '../../../platform/values/enums.ts';
import type { Text } from '../../../platform/values/text.ts';
import { type ClockPromise, METRIC_LABELS } from '../promise.ts';
import type { PromiseOffer } from './offers.ts';

/** The promise with every field said: what the plugin left out has the field's usual meaning. */
export function completePromise(offer: PromiseOffer, because: Text): ClockPromise {
  const mayPause: readonly PauseReason[] = offer.metric === 'FIRST_RESPONSE' ? [] : ['WAITING_ON_CUSTOMER'];
  const audience: readonly Role[] = ['CUSTOMER_MANAGER', 'SUPERVISOR'];
  return {
    metric: offer.metric,
    label: offer.label ?? METRIC_LABELS[offer.metric],
    target: offer.target,
    from: offer.from ?? 'RECEIPT',
    calendar: offer.calendar ?? 'always',
    atRisk: offer.atRisk ?? [80],
    pauses: offer.pauses ?? mayPause,
    audience: offer.audience ?? audience,
    because: offer.because ?? because,
  };
}
