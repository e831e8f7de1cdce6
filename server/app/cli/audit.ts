import { Command, InvalidArgumentError } from 'commander';
import type { Anchor, Finding } from '../../platform/audit/verify.ts';
import { takeEnv } from '../env.ts';

function anchorOf(text: string): Anchor {
  const match = /^(\d+):([\w-]{43})$/.exec(text);
  if (!match?.[1] || !match[2]) throw new InvalidArgumentError('It is no anchor as `audit verify` prints it.');
  return { seq: Number(match[1]), hash: match[2] };
}

/** One line for a person. */
export function describeFinding({ kind, seq, toSeq, id }: Finding): string {
  if (kind === 'ANCHOR') return `Entry ${seq} is not the one that was noted: the trail was cut off or written anew.`;
  if (kind === 'CHANGED') return `Entry ${seq} (${id}) is not what was sealed.`;
  return seq === toSeq ? `Entry ${seq} is missing.` : `Entries ${seq} to ${toSeq} are missing.`;
}

/** `tierline audit`. */
export function auditCommand(): Command {
  const command = new Command('audit').description('Look after the audit trail.');
  command
    .command('verify')
    .description('Find entries that were changed, moved, removed or slipped in; exits with 1 if there are any.')
    .option(
      '--anchor <seq:hash>',
      'where the chain ended when it was verified before, kept outside of the database',
      anchorOf,
    )
    .action(async ({ anchor }: { anchor?: Anchor }) => {
      const [{ appSettings, createLog }, { openDatabase }, { verifyAudit }, { sealAll }] = await Promise.all([
        import('../serve.ts'),
        import('../../platform/storage/database.ts'),
        import('../../platform/audit/verify.ts'),
        import('../../platform/audit/hash-chain-sealer.ts'),
      ]);
      const env = takeEnv();
      const log = createLog('warn');
      const demo = !env.TIERLINE_DATA_KEY && !env.DATABASE_URL;
      const database = await openDatabase(appSettings(env, { demo, log }).database);
      try {
        await sealAll(database.pool);
        const { sealed, head, findings } = await verifyAudit(database.pool, anchor ?? null);
        for (const finding of findings) console.log(describeFinding(finding));
        const end = head ? ` The chain ends at ${head.seq}:${head.hash}` : '';
        console.log(`${sealed} entries read, ${findings.length} findings.${end}`);
        if (findings.length > 0) process.exitCode = 1;
      } finally {
        await database.close();
      }
    });
  return command;
}
