import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../../../prisma/generated/client/client.ts';
import { statementNames } from './statement-names.ts';
import { transactionPool } from './transaction-guard.ts';

/**
 * A client on the connections of a pool.
 *
 * @param schema where its tables are, which it writes before their names
 */
export function connectPrisma(pool: pg.Pool, schema: string, onError: (error: unknown) => void): PrismaClient {
  const adapter = new PrismaPg(transactionPool(pool), {
    schema,
    statementNameGenerator: statementNames(),
    onConnectionError: onError,
  });
  return new PrismaClient({ adapter });
}
