import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CONTRACT = path.resolve(import.meta.dirname, '../../../server/engine/policy/contract.ts');

/** What every plugin here declares, so that a test writes what is wrong with its own alone. */
const FRAME = `
  id: 'hostile', contract: 1, version: '1.0.0', label: { en: 'Hostile', zh: '恶意' }, access: 'CENTRAL', businessLine: true,
  ticketTypes: { COMPLAINT: { label: { en: 'Complaint', zh: '投诉' } } },`;

/** A plugin in a folder of its own, which is gone with it. */
export interface WrittenPlugin extends Disposable {
  readonly file: string;
}

/**
 * Writes a plugin as a stranger would, in plain JavaScript.
 *
 * @param top runs when the module is loaded
 * @param declared members of the policy beside those that every one has
 */
export function writePlugin(top: string, declared = ''): WrittenPlugin {
  const folder = mkdtempSync(path.join(tmpdir(), 'tierline-hostile-'));
  const file = path.join(folder, 'index.ts');
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    file,
    `// @ts-nocheck
import { z } from ${JSON.stringify(CONTRACT)};
const because = { en: 'Because.', zh: '因为。' };
const fine = { answer: [{ metric: 'FIRST_RESPONSE', target: { kind: 'DURATION', minutes: 30 } }], because };
void [z, because, fine];
${top}
export default {${FRAME}
${declared}
};
`,
  );
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
