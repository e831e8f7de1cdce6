import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { FieldCipher } from '../../platform/access/encryption.ts';
import { maskEmail, maskIdNumber, maskPhone } from '../../platform/access/mask.ts';

/** The place that a customer's `phone`, `email` or `idNumber` is sealed to. */
export function identifierPlace(customerId: string, field: string): string {
  return `customer|${field}|${customerId}`;
}

/** The sealed value, mask and blind index of each identifier that is given. */
export function sealIdentifiers(
  sealer: FieldCipher,
  customerId: string,
  given: { readonly phone?: string | null; readonly email?: string | null; readonly idNumber?: string | null },
  policy: InstalledPolicy,
) {
  const sealed = (value: string, field: string) => sealer.seal(value, identifierPlace(customerId, field));
  const { phone, email, idNumber } = given;
  return {
    ...(phone && {
      phoneSealed: sealed(phone, 'phone'),
      phoneMask: maskPhone(phone, policy.declaration.phoneMask),
      phoneIndex: sealer.blindIndex(phone),
    }),
    ...(email && {
      emailSealed: sealed(email, 'email'),
      emailMask: maskEmail(email),
      emailIndex: sealer.blindIndex(email),
    }),
    ...(idNumber && {
      idNumberSealed: sealed(idNumber, 'idNumber'),
      idNumberMask: maskIdNumber(idNumber),
      idNumberIndex: sealer.blindIndex(idNumber),
    }),
  };
}
