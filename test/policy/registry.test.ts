import { expect, test } from 'vitest';
import { clashes, declarationProblems } from '../../server/engine/policy/declaration/check-declaration.ts';
import { PluginError } from '../../server/engine/policy/errors.ts';
import { loadPlugins } from '../../server/engine/policy/registry.ts';

test('the built-in plugins are sound, and the standard policy is the last', async () => {
  const policies = (await loadPlugins()).map(({ policy }) => policy);
  expect(policies.map(({ id }) => id)).toEqual([
    'core',
    'bank-vip',
    'telecom-vip',
    'broadband-key-account',
    'standard',
  ]);
  expect([...policies.flatMap(declarationProblems), ...clashes(policies)]).toEqual([]);
});

test('others come from a path, a file or a folder', async () => {
  const plugins = await loadPlugins([`${import.meta.dirname}/plugins/faulty.ts`, 'test/policy/plugins/folder']);
  expect(plugins.map(({ policy }) => policy.id).slice(-3)).toEqual(['faulty', 'in-a-folder', 'standard']);
});

test('what cannot be loaded is named, all of it', async () => {
  const loading = loadPlugins(['./no/such/plugin.ts', 'zod']);
  await expect(loading).rejects.toThrow(PluginError);
  await expect(loading).rejects.toThrow(
    /no\/such\/plugin\.ts cannot be loaded[\s\S]*zod cannot be loaded: its default export is no policy/,
  );
});
