import { customers } from './customers.ts';
import { department } from './department.ts';
import { people } from './people.ts';

/** What is kept about customer managers, customers and the department. */
export const records = { ...people, ...customers, ...department };
