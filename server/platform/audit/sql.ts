import { CHAIN_COLUMNS } from './chain.ts';

export const FIND_UNSEALED = '/* audit.findUnsealed */ select from audit_entry where seq is null limit 1';

export const READ_HEAD = `/* audit.readHead */
  select seq, hash from audit_entry where seq is not null order by seq desc limit 1`;

/** Up to $1 entries that have no seal yet, in the order in which they get one. */
export const READ_UNSEALED = `/* audit.readUnsealed */
  select ${CHAIN_COLUMNS} from audit_entry where seq is null order by id limit $1`;

/** Seals the entries $1 with the positions $2 and the hashes $3. */
export const SEAL = `/* audit.seal */
  update audit_entry e set seq = s.seq, hash = s.hash
  from unnest($1::uuid[], $2::bigint[], $3::text[]) as s(id, seq, hash) where e.id = s.id`;

/** Up to $2 sealed entries after position $1. */
export const READ_CHAIN = `/* audit.readChain */
  select seq, hash, ${CHAIN_COLUMNS} from audit_entry where seq > $1 order by seq limit $2`;

/** Entries that stand outside of the chain, though they are not new. */
export const READ_OUTSIDE = `/* audit.readOutside */
  select id, coalesce(seq, 0) as seq from audit_entry where seq < 1 or (seq is null and hash is not null)`;

export const COUNT_UNSEALED = `/* audit.countUnsealed */
  select count(*)::int as count from audit_entry where seq is null and hash is null`;
