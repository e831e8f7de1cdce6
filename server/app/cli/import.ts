import { open } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { importFile } from '../../domain/import/import-file.ts';
import { createApp } from '../compose.ts';
import { createLog } from '../create-log.ts';
import type { Env } from '../env.ts';
import { appSettings } from '../serve.ts';
import { show } from './with-database.ts';

export interface ImportOptions {
  readonly kind: string;
  readonly file: string;
  readonly policy?: string;
  readonly skipBad: boolean;
  readonly rejects?: string;
  readonly encoding?: 'utf-8' | 'gbk' | 'gb18030';
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Imports a file, or only checks it, and says what became of its rows. @returns the exit code: 1 where rows were rejected */
export async function runImport(
  env: Env,
  { kind, file, policy, skipBad, rejects, encoding, dryRun = false, json = false }: ImportOptions,
): Promise<number> {
  // Before a database is opened for it.
  await (await open(file)).close();
  const log = createLog('warn');
  const app = await createApp({
    ...appSettings(env, { demo: !env.TIERLINE_DATA_KEY && !env.DATABASE_URL, log }),
    runsJobs: false,
    isDryRun: dryRun,
  });
  const bar = new SingleBar({
    format: '{bar} {percentage} % | {rows} rows | {eta_formatted} left',
    clearOnComplete: true,
    stream: process.stderr,
  });
  try {
    bar.start(1, 0, { rows: 0 });
    const result = await importFile(app.services, {
      kind: kind as 'customers',
      file,
      mode: skipBad ? 'SKIP_BAD' : 'ALL_OR_NOTHING',
      isDryRun: dryRun,
      ...(policy && { policyId: policy }),
      // GB18030 has all of GBK, byte by byte.
      ...(encoding && { encoding: encoding === 'gbk' ? 'gb18030' : encoding }),
      rejectFile: rejects ?? `${file}.rejects.csv`,
      onProgress: ({ rows, bytes, totalBytes }) => {
        bar.setTotal(Math.max(1, totalBytes));
        bar.update(bytes, { rows });
      },
    });
    bar.stop();
    const { read, imported, unchanged, rejected, rejectFile } = result;
    const isWritten = !dryRun && (skipBad || rejected === 0);
    const lists = `The rejected rows are listed in ${rejectFile}.`;
    show(json, { ...result, isWritten }, [
      `${read} rows read, ${imported} ${dryRun ? 'would be imported' : 'imported'}, ${unchanged} unchanged, ${rejected} rejected.`,
      ...(rejected > 0 || dryRun
        ? [`${rejected > 0 ? lists : ''}${isWritten ? '' : ' Nothing was written.'}`.trim()]
        : []),
    ]);
    return result.rejected > 0 ? 1 : 0;
  } finally {
    bar.stop();
    await app.close();
  }
}
