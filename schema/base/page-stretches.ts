import type { KeysetOrder, Place } from './page-cursor.ts';

/** Rows that lie together in an index, in the order of reading. */
interface Stretch {
  readonly where: object;
  readonly orderBy: object[];
}

/**
 * The stretches of an order from a place on, or from its beginning: the rows with a value and those without, which stand last
 * in either direction, each so that one index `(.., column, id)` holds it, whatever the direction.
 */
export function stretchesOf(order: KeysetOrder, from: Place | null, backward: boolean): Stretch[] {
  const { field, nullable, unique = field === 'id' } = order;
  const ascending = (order.direction === 'ASC') !== backward;
  const direction = ascending ? 'asc' : 'desc';
  const past = ascending ? 'gt' : 'lt';
  const orderBy = unique ? [{ [field]: direction }] : [{ [field]: direction }, { id: direction }];
  if (unique) return [{ where: from ? { [field]: { [past]: from.key } } : {}, orderBy }];
  const withValue = { where: nullable ? { [field]: { not: null } } : {}, orderBy };
  const without = { where: { [field]: null }, orderBy };
  if (from === null) return inTurn(nullable ? [withValue, without] : [withValue], backward);
  if (from.key === null) {
    const behind = { where: { [field]: null, id: { [past]: from.id } }, orderBy };
    return backward ? [behind, withValue] : [behind];
  }
  const rest = nullable && !backward ? [without] : [];
  if (order.alike) {
    const same = { where: { [field]: from.key, id: { [past]: from.id } }, orderBy };
    return [same, { where: { [field]: { [past]: from.key } }, orderBy }, ...rest];
  }
  const farther = {
    // The OR alone is no range: an index would be read from its beginning.
    where: {
      [field]: { [`${past}e`]: from.key },
      OR: [{ [field]: { [past]: from.key } }, { [field]: from.key, id: { [past]: from.id } }],
    },
    orderBy,
  };
  return [farther, ...rest];
}

const inTurn = (stretches: Stretch[], backward: boolean) => (backward ? stretches.reverse() : stretches);
