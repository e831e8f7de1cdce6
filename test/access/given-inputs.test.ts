import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';

// What given-work.test.ts tries is all that there is: a new input that names a person is named here, and tried there.

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

test('every input that names a person is tried, or is about the person alone', () => {
  const naming =
    /^(assignee|owner|manager|responsible|attendee|to|staff|mediator|witness|delegate|lead|installer)Ids?$/;
  const named = Object.values(schema.getTypeMap()).flatMap((type) =>
    'getFields' in type && type.name.endsWith('Input')
      ? Object.keys(type.getFields()).flatMap((field) => (naming.test(field) ? [`${type.name}.${field}`] : []))
      : [],
  );
  expect(named.sort()).toEqual(
    [
      'AssignResolutionInput.ownerId',
      // Whether a person signed is recorded of anybody.
      'ConfidentialityAgreementInput.staffId',
      'ContactInput.responsibleId',
      'CreateCustomerInput.managerId',
      'CreateTaskInput.assigneeId',
      'DelegationInput.toId',
      'DraftPlanInput.ownerId',
      'ImprovementMeasureInput.ownerId',
      'MeetingInput.attendeeIds',
      'MeetingResolutionInput.ownerId',
      'OpenTicketInput.assigneeId',
      'PlanMeasureInput.assigneeId',
      // The same rule as of the measures that are drafted with a plan: test/acceptance/plans.test.ts.
      'PlanTaskInput.assigneeId',
      // Whose duty it is: test/acceptance/care-telecom.test.ts.
      'RecordDutyInput.staffId',
      'ReassignTaskInput.assigneeId',
      'ReassignTasksInput.assigneeId',
      'RevisePlanInput.ownerId',
      'SetShiftInput.staffId',
      'StaffTargetInput.staffId',
      'UpdateCustomerInput.managerId',
      'UpdateTicketInput.assigneeId',
    ].sort(),
  );
});
