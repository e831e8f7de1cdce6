import { expect, test } from 'vitest';
import { createJobs, runJobs } from '../../server/app/jobs.ts';
import type { Job } from '../../server/engine/services/job.ts';
import type { Services } from '../../server/engine/services/services.ts';

const services = {} as Services;
const job = (name: string, run: Job['run']): Job => ({ name, run });

test('a job that fails stops no other, and is named', async () => {
  const done: string[] = [];
  const running = runJobs(
    [
      job('first', async () => {
        done.push('first');
      }),
      job('broken', async () => {
        throw new Error('no such table');
      }),
      job('last', async () => {
        done.push('last');
      }),
    ],
    services,
  );
  await expect(running).rejects.toThrow('broken failed: no such table');
  expect(done).toEqual(['first', 'last']);
});

test('several that fail are all named', async () => {
  const broken = (name: string) => job(name, () => Promise.reject(new Error('away')));
  await expect(runJobs([broken('one'), broken('two')], services)).rejects.toThrow('one failed: away; two failed: away');
});

test('each job has a name of its own, and each app its own jobs', () => {
  const [one, other] = [createJobs(), createJobs()].map((jobs) => [
    ...jobs.sweeps,
    ...jobs.daily,
    ...jobs.deliveries,
    ...jobs.beside,
  ]);
  const names = one?.map(({ name }) => name) ?? [];
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(10);
  expect(one?.every((single, index) => single !== other?.[index])).toBe(true);
});
