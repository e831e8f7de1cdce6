import type { CustomerFacts } from '../../policy/facts.ts';
import { ask } from '../ask.ts';
import { type Asked, placeOf } from '../facts/all.ts';
import type { Watch } from '../progress.ts';
import type { Finding } from '../report.ts';
import type { Subject } from '../subject.ts';
import { Findings, type Result } from './result.ts';

/** What a policy reads of a profile is declared, and not sensitive: sensitive fields never come with the facts. */
export function personalDataFindings(subject: Subject, results: readonly Result[], watch: Watch): Finding[] {
  const { policy, sampled } = subject;
  const found = new Findings('personal data');
  const declared = new Set(Object.values(policy.profiles ?? {}).flatMap((schema) => Object.keys(schema?.shape ?? {})));
  const sensitive = new Set(policy.sensitive ?? []);
  for (const { asked } of results) {
    const read = new Set<string>();
    const customer = 'customer' in asked.facts ? asked.facts.customer : null;
    if (!customer) continue;
    const facts = { ...asked.facts, customer: watched(customer, read) };
    ask(policy, { question: asked.question, facts } as Asked, sampled, watch);
    for (const field of read) {
      if (sensitive.has(field))
        found.add(placeOf(asked), `it reads the profile's ${field}, which is sensitive and never among the facts`);
      else if (!declared.has(field))
        found.add(placeOf(asked), `it reads the profile's ${field}, which no profile declares`);
    }
  }
  return found.all();
}

/** The customer with a profile that notes which fields are read. */
function watched(customer: CustomerFacts, read: Set<string>): CustomerFacts {
  const profile = new Proxy(customer.profile, {
    get: (fields, key) => {
      if (typeof key === 'string' && !(key in Object.prototype)) read.add(key);
      return fields[key as string];
    },
  });
  return { ...customer, profile };
}
