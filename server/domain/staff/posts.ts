import type { Policies } from '../../engine/policy/policies.ts';
import type { Role } from '../../platform/values/enums.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import { own } from '../../platform/values/own.ts';

/**
 * Posts are those that lines of the branch declare, and whoever holds one has its role.
 *
 * @param posts as `policy/POST`
 * @throws {InvalidInput} one that does not fit is named
 */
export function checkPosts(
  policies: Policies,
  {
    posts,
    roles,
    policyIds,
  }: { readonly posts: readonly string[]; readonly roles: readonly Role[]; readonly policyIds: readonly string[] },
): void {
  const issues = posts.flatMap((held, index) => {
    const path = `input.posts[${index}]`;
    const [policyId = '', code = ''] = held.split('/');
    const post = policyIds.includes(policyId) ? own(policies.get(policyId)?.declaration.posts, code) : undefined;
    if (!post) return [{ path, message: 'is no post of a business line that the branch runs' }];
    return roles.includes(post.role) ? [] : [{ path, message: `is for who has the role ${post.role}` }];
  });
  if (issues.length > 0) throw new InvalidInput(issues);
}
