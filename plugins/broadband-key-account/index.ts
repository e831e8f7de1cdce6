import { definePolicy } from '../../server/engine/policy/contract.ts';
import { benefits, parameters, profiles, schemes, sensitive, timeZone } from './accounts.ts';
import { alerts, duty } from './alerts.ts';
import { applications, route } from './applications.ts';
import { care } from './care.ts';
import { duties } from './duties.ts';
import { records } from './records.ts';
import { guard, promise, react, ticketTypes } from './tickets.ts';

/** Broadband and cable key accounts: complaint levels, provisioning limits, renewals, care of leaders, partners, groups. */
export default definePolicy({
  id: 'broadband-key-account',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Broadband key accounts', zh: '宽带大客户' },
  businessLine: true,
  // Data are shared through central management.
  access: 'CENTRAL',
  timeZone,
  parameters,
  benefits,
  schemes,
  ticketTypes,
  calendars: { duty },
  alerts,
  duties,
  profiles,
  sensitive,
  applications,
  records,
  answers: { promise, guard, react, route, care },
});
