import { ledgers } from './ledgers.ts';
import { people } from './people.ts';
import { receptions } from './receptions.ts';
import { sales } from './sales.ts';
import { service } from './service.ts';

/** What is kept about customers, people and places. */
export const records = { ...receptions, ...service, ...sales, ...people, ...ledgers };
