import { definePolicy } from '../../../../server/engine/policy/contract.ts';

export default definePolicy({
  id: 'extends-nothing',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Extends the schema', zh: '扩展模式' },
  access: 'CENTRAL',
});
