import { Decimal } from 'decimal.js';
import { z } from 'zod';

/** An exact decimal as a parameter: given as a JSON number or a decimal string, read as a string. */
export function decimalParameter(options: { min?: number } = {}) {
  return z
    .union([z.number(), z.string().regex(/^-?\d{1,18}(\.\d{1,6})?$/, 'is not an exact decimal')])
    .transform((value) => new Decimal(value).toFixed())
    .refine((value) => options.min === undefined || new Decimal(value).gte(options.min), `is below ${options.min}`);
}
