import { Command } from 'commander';

const MARKS = { OK: 'ok     ', WARNING: 'warning', FAILED: 'FAILED ' } as const;

/** `tierline doctor`. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Look at all that a start needs, and change nothing. Exit code 1: something failed.')
    .option('--json', 'print JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const { examine } = await import('../doctor/doctor.ts');
      const rows = await examine(process.env);
      if (json) console.log(JSON.stringify(rows));
      else
        for (const { check, state, says, cure } of rows)
          console.log(`${MARKS[state]}  ${check}: ${says}${cure ? ` ${cure}` : ''}`);
      if (rows.some(({ state }) => state === 'FAILED')) process.exitCode = 1;
    });
}
