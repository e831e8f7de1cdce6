import type { CustomerFacts } from '../../server/engine/policy/contract.ts';
import type { Parameters } from './club.ts';

export const parameters = { complaintHours: 24, greetingsPerHoliday: 1, faceToFaceMonths: 3 } as Parameters;
export const customer: CustomerFacts = {
  kind: 'INDIVIDUAL',
  stage: 'FORMAL',
  grade: null,
  consent: { vipService: true, marketing: null },
  profile: {},
};
