import { closeBranch, createBranch, renameBranch } from '../server/domain/staff/branches.ts';
import { createStaff, endStaff, updateStaff } from '../server/domain/staff/service.ts';
import { idOf } from '../server/platform/values/ids.ts';
import type { Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';

/** What administrators do with people and branches of their place and below. */
export function addStaffWork(builder: Builder, enums: Enums): void {
  const PostInput = builder.inputType('PostInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      code: t.string({ required: true, description: 'As the policy declares it, e.g. HR.' }),
    }),
  });
  type Posts = readonly (typeof PostInput)['$inferInput'][] | null | undefined;
  const held = (posts: Posts) => posts?.map(({ policyId, code }) => `${policyId}/${code}`);
  const CreateStaffInput = builder.inputType('CreateStaffInput', {
    fields: (t) => ({
      number: t.string({ required: true, description: 'The staff number, which stays.' }),
      name: t.string({ required: true }),
      branchId: t.id({ required: true }),
      roles: t.field({ type: [enums.Role], required: true, description: 'SERVICE is a program.' }),
      posts: t.field({ type: [PostInput], description: 'Posts that business lines declare.' }),
      enteredOn: t.field({ type: 'Date', description: 'The day of entry.' }),
      externalId: t.string({ description: 'What the identity provider calls the person.' }),
      email: t.string(),
    }),
  });
  const UpdateStaffInput = builder.inputType('UpdateStaffInput', {
    description: 'What is left out stays.',
    fields: (t) => ({
      id: t.id({ required: true }),
      name: t.string(),
      branchId: t.id(),
      roles: t.field({ type: [enums.Role], description: 'All of the roles, not only new ones.' }),
      posts: t.field({ type: [PostInput], description: 'All of the posts, not only new ones.' }),
      enteredOn: t.field({ type: 'Date' }),
      externalId: t.string({ description: 'Null empties it.' }),
      email: t.string({ description: 'Null empties it.' }),
      active: t.boolean({ description: 'True takes up again somebody who left.' }),
      reason: t.string({ description: 'For the audit trail.' }),
    }),
  });
  const EndStaffInput = builder.inputType('EndStaffInput', {
    fields: (t) => ({ id: t.id({ required: true }), reason: t.string({ required: true }) }),
  });

  builder.mutationFields((t) => ({
    createStaff: command(t, 'Staff', {
      description: 'Takes up a person, or a program that acts for the organisation.',
      args: { input: t.arg({ type: CreateStaffInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) =>
        createStaff(
          services,
          caller,
          { ...input, posts: held(input.posts) ?? null, branchId: idOf('Branch', input.branchId) },
          idempotencyKey,
        ),
    }),
    updateStaff: command(t, 'Staff', {
      description: "Changes a person's posts, branch, name, or by what tokens name them.",
      args: { input: t.arg({ type: UpdateStaffInput, required: true }) },
      run: (services, caller, { input }) =>
        updateStaff(services, caller, {
          ...input,
          posts: held(input.posts) ?? null,
          id: idOf('Staff', input.id),
          branchId: input.branchId && idOf('Branch', input.branchId),
        }),
    }),
    endStaff: command(t, 'Staff', {
      description:
        'Ends what a person may do: tokens and streams end within a second. `held` of the answer names what others take over.',
      args: { input: t.arg({ type: EndStaffInput, required: true }) },
      run: (services, caller, { input }) => endStaff(services, caller, { ...input, id: idOf('Staff', input.id) }),
    }),
  }));
  addBranchWork(builder);
}

function addBranchWork(builder: Builder): void {
  const CreateBranchInput = builder.inputType('CreateBranchInput', {
    fields: (t) => ({
      code: t.string({ required: true, description: 'By which files know it; it stays.' }),
      name: t.string({ required: true }),
      parentId: t.id({ required: true }),
      policyIds: t.idList({ required: true, description: 'The business lines that are run there.' }),
    }),
  });
  const RenameBranchInput = builder.inputType('RenameBranchInput', {
    fields: (t) => ({ id: t.id({ required: true }), name: t.string({ required: true }) }),
  });
  const CloseBranchInput = builder.inputType('CloseBranchInput', {
    fields: (t) => ({ id: t.id({ required: true }), reason: t.string({ required: true }) }),
  });

  builder.mutationFields((t) => ({
    createBranch: command(t, 'Branch', {
      description: 'Opens a branch below another one.',
      args: { input: t.arg({ type: CreateBranchInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) => {
        const branch = { ...input, parentId: idOf('Branch', input.parentId), policyIds: input.policyIds.map(String) };
        return createBranch(services, caller, branch, idempotencyKey);
      },
    }),
    renameBranch: command(t, 'Branch', {
      description: 'Gives a branch another name.',
      args: { input: t.arg({ type: RenameBranchInput, required: true }) },
      run: (services, caller, { input }) => renameBranch(services, caller, { ...input, id: idOf('Branch', input.id) }),
    }),
    closeBranch: command(t, 'Branch', {
      description: 'Closes a branch where nobody works and no customer is cared for any more.',
      args: { input: t.arg({ type: CloseBranchInput, required: true }) },
      run: (services, caller, { input }) => closeBranch(services, caller, { ...input, id: idOf('Branch', input.id) }),
    }),
  }));
}
