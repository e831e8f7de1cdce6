import { definePolicy } from '../../server/engine/policy/contract.ts';
import { alerts } from './alerts.ts';
import { care, guard, promise, react, route, ticketTypes } from './answers.ts';
import { applications } from './applications.ts';
import { duties } from './duties.ts';
import { checkParameters, parameters, timeZone } from './parameters.ts';
import { plans } from './plans.ts';
import { profiles, sensitive } from './profiles.ts';
import { records } from './records/index.ts';
import { benefits, metrics, schemes } from './schemes.ts';

const OFFICE_HOURS = [{ start: '09:00', end: '18:00' }];

/** Systems of no line of their own: memberships, registered key accounts, hotel VIPs, value bands, internal customers. */
export default definePolicy({
  id: 'core',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Core systems', zh: '通用客户体系' },
  businessLine: true,
  access: 'BRANCH_AND_BELOW',
  // The agreement is compulsory at entry (S04-cm-sample, A-187; S04-key-account-cm-a).
  needsConfidentialityAgreement: true,
  timeZone,
  parameters,
  checkParameters,
  metrics,
  benefits,
  schemes,
  ticketTypes,
  // The hours are ours: S00-generic-service says "working hours".
  calendars: {
    office: {
      label: { en: 'Office hours', zh: '工作时间' },
      timeZone,
      week: { 1: OFFICE_HOURS, 2: OFFICE_HOURS, 3: OFFICE_HOURS, 4: OFFICE_HOURS, 5: OFFICE_HOURS },
      holidays: 'CN',
    },
  },
  alerts,
  profiles,
  sensitive,
  staleAfter: 'staleArchiveDays',
  applications,
  // HR manages entry and keeps the people's files (S04-cm-sample).
  posts: { HR: { label: { en: 'Human resources', zh: '人力资源' }, role: 'SUPERVISOR', keepsPeoplesFiles: true } },
  records,
  duties,
  // At least ten customers are visited a month (S04-enterprise-cm, A-184).
  performance: { monthlyFigures: { VISITED_CUSTOMERS: 'visitsPerMonth' } },
  plans,
  // A survey covers all four topics (S00-generic-service, A-180).
  surveyTopics: {
    PRODUCT_QUALITY: { label: { en: 'Product quality', zh: '产品质量' } },
    SERVICE_QUALITY: { label: { en: 'Service quality', zh: '服务质量' } },
    DELIVERY_PUNCTUALITY: { label: { en: 'Delivery on time', zh: '交货及时性' } },
    AFTER_SALES: { label: { en: 'After-sales service', zh: '售后服务' } },
  },
  answers: { promise, guard, react, route, care },
});
