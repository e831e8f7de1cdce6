/** As plugins did it before `schema.ts`. */
export default { id: 'extends-in-policy', contract: 1, extend: () => {} };
