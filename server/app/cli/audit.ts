import { Command, InvalidArgumentError } from 'commander';
import type { Anchor, Finding } from '../../platform/audit/verify.ts';
import { show, withDatabase } from './with-database.ts';

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
    .option('--json', 'print JSON', false)
    .action(({ anchor, json }: { anchor?: Anchor; json: boolean }) =>
      withDatabase(async ({ pool }) => {
        const [{ verifyAudit }, { sealAll }] = await Promise.all([
          import('../../platform/audit/verify.ts'),
          import('../../platform/audit/hash-chain-sealer.ts'),
        ]);
        await sealAll(pool);
        const { sealed, head, findings } = await verifyAudit(pool, anchor ?? null);
        const end = head ? ` The chain ends at ${head.seq}:${head.hash}` : '';
        show(json, { sealed, head, findings }, [
          ...findings.map(describeFinding),
          `${sealed} entries read, ${findings.length} findings.${end}`,
        ]);
        if (findings.length > 0) process.exitCode = 1;
      }),
    );
  return command;
}
