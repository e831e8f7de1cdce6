import type { Builder } from '../../../../schema/base/builder.ts';

export const extend = (builder: Builder) => {
  builder.queryField('motto', (t) => t.string({ resolve: () => 'Slow and steady.' }));
};
