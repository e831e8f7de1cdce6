import { expect, test } from 'vitest';
import { taskCompletions } from '../../server/app/task-completions.ts';
import { joinTaskCompletions } from '../../server/engine/services/task-completion.ts';

test('an origin of tasks has one handler: a second one is refused when the app is composed', () => {
  const [first] = taskCompletions;
  if (!first) throw new Error('there are no handlers');
  expect(() => joinTaskCompletions([...taskCompletions, { ...first }])).toThrow(
    'Two handlers complete tasks of SERVICE_SAMPLE.',
  );
});

test('every origin is claimed', () => {
  expect(taskCompletions.map(({ origin }) => origin).sort()).toEqual([
    'CONTACT',
    'DUTY',
    'PLAN',
    'RECORD',
    'RESOLUTION',
    'SERVICE_SAMPLE',
    'TICKET',
  ]);
});
