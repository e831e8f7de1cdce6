/** `SELF_ASSESSMENT` gives `selfAssessment`. */
export function camel(code: string): string {
  const joined = pascal(code);
  return joined.charAt(0).toLowerCase() + joined.slice(1);
}

/** `SELF_ASSESSMENT` gives `SelfAssessment`, and `bank-vip` `BankVip`. */
export function pascal(name: string): string {
  return name
    .split(/[-_]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('');
}

/** The name of a kind's type: `CoreReception`. */
export function recordTypeName(policyId: string, kind: string): string {
  return pascal(policyId) + pascal(kind);
}
