import { definePolicy } from '../../../../server/engine/policy/contract.ts';

export default definePolicy({
  id: 'extending',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Extends the schema', zh: '扩展模式' },
  access: 'CENTRAL',
});
