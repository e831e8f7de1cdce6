import { sweepClocks } from '../../../server/engine/sla/sweep-clocks.ts';
import { openSweeping } from '../sweeping.ts';

// A node that does nothing but sweep, to be killed. It says when it is at work.
const services = await openSweeping(process.argv[2] ?? '');
process.stdout.write('ready\n');
for (;;) {
  await sweepClocks(services).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
