import { SingleBar } from 'cli-progress';
import { testPlugin } from '../../engine/policy-kit/kit.ts';
import { reportText } from '../../engine/policy-kit/report.ts';

/** Tests a plugin and prints the report. @returns the exit code: 1 where there are findings */
export async function runKit(path: string, { json, seed }: { json: boolean; seed: number }): Promise<number> {
  const bar = new SingleBar({
    format: '{bar} {value} of {total} changed copies',
    clearOnComplete: true,
    stream: process.stderr,
  });
  try {
    const report = await testPlugin(path, {
      seed,
      onMutant: (done, of) => {
        if (json) return;
        if (bar.getTotal() !== of) bar.start(of, done);
        bar.update(done);
      },
    });
    bar.stop();
    console.log(json ? JSON.stringify(report, null, 2) : reportText(report));
    return report.findings.length > 0 ? 1 : 0;
  } finally {
    bar.stop();
  }
}
