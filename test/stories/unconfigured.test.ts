import { expect, test } from 'vitest';
import { readEnv } from '../../server/app/env.ts';
import { isUnconfigured } from '../../server/app/serve.ts';

test.each([
  { it: 'nothing', settings: {}, demo: true },
  { it: 'another port', settings: { PORT: '0', LOG_LEVEL: 'warn' }, demo: true },
  { it: 'development', settings: { NODE_ENV: 'development' }, demo: true },
  { it: 'production', settings: { NODE_ENV: 'production' }, demo: false },
  { it: 'a host that others reach', settings: { HOST: '0.0.0.0' }, demo: false },
  { it: 'a folder', settings: { TIERLINE_DATA: '/var/lib/tierline' }, demo: false },
  { it: 'a database', settings: { DATABASE_URL: 'postgres://care/care' }, demo: false },
  { it: 'a data key', settings: { TIERLINE_DATA_KEY: `k1:${'A'.repeat(44)}` }, demo: false },
  { it: 'an issuer', settings: { JWT_ISSUER: 'https://id.example' }, demo: false },
  { it: 'keys', settings: { JWT_JWKS_URL: 'https://id.example/jwks' }, demo: false },
  { it: 'a public key', settings: { JWT_PUBLIC_KEY: '-----BEGIN PUBLIC KEY-----' }, demo: false },
])('a start that is told $it is the demo: $demo', ({ settings, demo }) => {
  expect(isUnconfigured(readEnv(settings))).toBe(demo);
});
