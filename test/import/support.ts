import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { type ImportRequest, type ImportResult, importFile } from '../../server/domain/import/import-file.ts';
import type { ImportServices } from '../../server/domain/import/kind.ts';
import { openPolicies } from '../../server/engine/policy/open-policies.ts';
import { loadPlugins } from '../../server/engine/policy/registry.ts';
import { PolicyCalendars } from '../../server/engine/sla/calendars.ts';
import { createFieldCipher } from '../../server/platform/access/encryption.ts';
import { type DatabaseSettings, openDatabase } from '../../server/platform/storage/database.ts';
import { migrate } from '../../server/platform/storage/migrations/migrate.ts';
import { HeldClock } from '../../server/platform/values/wall-clock.ts';

const MIGRATIONS = new URL('../../prisma/migrations/', import.meta.url);

/** The parts of the platform that an import uses, on a database, with the built-in policies. */
export async function openServices(
  settings: DatabaseSettings,
  now: string,
): Promise<ImportServices & AsyncDisposable & { readonly clock: HeldClock; readonly woken: () => number }> {
  let isClosing = false;
  // A server that stops tells connections that are being closed anyway.
  const database = await openDatabase(settings, { onError: (error) => isClosing || console.error(error) });
  await migrate(database.pool, MIGRATIONS);
  const clock = new HeldClock(new Date(now));
  const plugins = await loadPlugins();
  const policies = await openPolicies({ plugins, prisma: database.prisma, log: pino({ level: 'silent' }), clock });
  let woken = 0;
  const countWake = () => {
    woken += 1;
  };
  return {
    database,
    clock,
    policies,
    calendars: new PolicyCalendars(policies, database.prisma),
    sealer: createFieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]),
    alerts: { wake: countWake } as unknown as ImportServices['alerts'],
    woken: () => woken,
    async [Symbol.asyncDispose]() {
      isClosing = true;
      await policies.close();
      await database.close();
    },
  };
}

/** A folder for files of one test run. */
export class Files implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'tierline-import-'));
  #count = 0;

  /** Writes a file and gives its path. */
  write(content: string | Uint8Array): string {
    this.#count += 1;
    const file = join(this.folder, `${this.#count}.csv`);
    writeFileSync(file, content);
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

export type Imported = ImportResult & {
  /** The lines of the reject file without its header. */
  readonly rejects: readonly string[];
};

/** Imports content as a file. */
export async function importText(
  services: ImportServices,
  files: Files,
  kind: ImportRequest['kind'],
  content: string | Uint8Array,
  options: Partial<ImportRequest> = {},
): Promise<Imported> {
  const file = files.write(content);
  const result = await importFile(services, {
    kind,
    file,
    mode: 'ALL_OR_NOTHING',
    rejectFile: `${file}.rejects.csv`,
    ...options,
  });
  const rejects = result.rejectFile ? readFileSync(result.rejectFile, 'utf8').trimEnd().split('\n').slice(1) : [];
  return { ...result, rejects };
}

/** The services of a file of tests with an organisation in them, closed when it ends. */
export function useImports(now: string) {
  const files = new Files();
  let opened: Awaited<ReturnType<typeof openServices>> | undefined;
  const services = () => {
    if (!opened) throw new Error('no test has begun');
    return opened;
  };
  beforeAll(async () => {
    opened = await openServices({ memory: true }, now);
    await importText(opened, files, 'organisation', ORGANISATION);
  });
  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    files[Symbol.dispose]();
  });
  const bank = (content: string | Uint8Array, options: Partial<ImportRequest> = {}) =>
    importText(services(), files, 'customers', content, { policyId: 'bank-vip', ...options });
  return { files, services, bank };
}

export const ORGANISATION = `kind,code,name,parentCode,policyIds,roles,branchCode
BRANCH,BB-HQ,Broadband head office,,broadband-key-account,,
BRANCH,BB-A,Broadband A,BB-HQ,broadband-key-account,,
BRANCH,BK-A,Bank outlet A,,bank-vip,,
BRANCH,TL-A,Telecom hall A,,telecom-vip,,
STAFF,BB-A-CM1,王强,,,CUSTOMER_MANAGER,BB-A
STAFF,BK-A-CM1,Li Na,,,CUSTOMER_MANAGER SUPERVISOR,BK-A
STAFF,TL-A-CM1,赵敏,,,CUSTOMER_MANAGER,TL-A
`;
