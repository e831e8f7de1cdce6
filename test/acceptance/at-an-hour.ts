import { startTestApp, type TestApp } from '../support/app.ts';

export const BROADBAND = {
  policyId: 'broadband-key-account',
  branchCode: 'BB-A',
  kind: 'INSTITUTION',
  profile: { keyAccountType: 'GROUP' },
};

/** Runs on a clock that stands at `now`, so that each example has a platform of its own. */
export async function at(now: string, run: (app: TestApp) => Promise<void>): Promise<void> {
  await using app = await startTestApp({ now });
  await run(app);
}

export const due = (ticket: { clocks: { metric: string; dueAt: string }[] }, metric = 'RESOLUTION') =>
  ticket.clocks.find((clock) => clock.metric === metric)?.dueAt;

export const instant = (local: string) => new Date(`${local}+08:00`).toISOString();
