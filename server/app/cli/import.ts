import { SingleBar } from 'cli-progress';
import { checkFile, type ImportResult, importFile } from '../../domain/import/import-file.ts';
import { DomainError } from '../../platform/values/errors.ts';
import { messageIn } from '../../platform/values/in-language.ts';
import { type Locale, type Text, textIn } from '../../platform/values/text.ts';
import { createApp } from '../compose.ts';
import { createLog } from '../create-log.ts';
import type { Env } from '../env.ts';
import { appSettings } from '../serve.ts';
import { SaidError, show } from './with-database.ts';

export interface ImportOptions {
  readonly kind: string;
  readonly file: string;
  readonly policy?: string;
  readonly skipBad: boolean;
  readonly rejects?: string;
  readonly encoding?: 'utf-8' | 'gbk' | 'gb18030';
  readonly dryRun?: boolean;
  readonly language?: 'en' | 'zh';
  readonly json?: boolean;
}

/**
 * Imports a file, or only checks it, and says what became of its rows.
 *
 * @returns the exit code: 1 where rows were rejected
 * @throws {SaidError} what `importFile` throws, in the language asked for
 */
export async function runImport(
  env: Env,
  { kind, file, policy, skipBad, rejects, encoding, dryRun = false, json = false, language = 'en' }: ImportOptions,
): Promise<number> {
  const locale = language === 'zh' ? 'ZH' : 'EN';
  await checkFile(file).catch((error: unknown) => {
    throw inLanguageOf(error, locale, 2);
  });
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
      locale,
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
    const isWritten = !dryRun && (skipBad || result.rejected === 0);
    show(json, { ...result, isWritten }, told(result, { dryRun, isWritten }, locale));
    return result.rejected > 0 ? 1 : 0;
  } catch (error) {
    throw inLanguageOf(error, locale, 1);
  } finally {
    bar.stop();
    await app.close();
  }
}

/** @param code what the command ends with: 2 where a file or a setting has to be put right */
function inLanguageOf(error: unknown, locale: Locale, code: 1 | 2): unknown {
  return error instanceof DomainError ? new SaidError(messageIn(error, locale), code) : error;
}

interface Outcome {
  readonly dryRun: boolean;
  readonly isWritten: boolean;
}

/** What became of the rows, in sentences. */
function told(
  { read, imported, unchanged, rejected, rejectFile }: ImportResult,
  { dryRun, isWritten }: Outcome,
  locale: Locale,
): string[] {
  const counted: Text = {
    en: `${read} rows read, ${imported} ${dryRun ? 'would be imported' : 'imported'}, ${unchanged} unchanged, ${rejected} rejected.`,
    zh: `读取 ${read} 行，${dryRun ? '可导入' : '导入'} ${imported} 行，未变 ${unchanged} 行，拒绝 ${rejected} 行。`,
  };
  const listed: Text = {
    en: `The rejected rows are listed in ${rejectFile}.`,
    zh: `被拒绝的行列于 ${rejectFile}。`,
  };
  const nothing: Text = { en: 'Nothing was written.', zh: '未写入任何内容。' };
  const after = [...(rejected > 0 ? [listed] : []), ...(isWritten ? [] : [nothing])];
  const sentence = after.map((text) => textIn(text, locale)).join(locale === 'EN' ? ' ' : '');
  return [textIn(counted, locale), ...(sentence ? [sentence] : [])];
}
