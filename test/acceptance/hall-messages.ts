import type { Person } from '../support/app.ts';

export const at = (day: string, time = '08:00:00') => `${day}T${time}+08:00`;
export const HALL = { policyId: 'telecom-vip', branchCode: 'TL-A', phone: '13912341234' };
export const willing = { vipService: true, marketing: true };
export const SIGNED = 'Rain from Thursday on. Central Road hall';
export const profile = { hall: 'Central Road hall' };

export const SEND = `mutation ($input: SendMessageInput!, $idempotencyKey: String) {
  sendMessage(input: $input, idempotencyKey: $idempotencyKey) {
    __typename ... on Message { id state kind sentAt } ... on Refused { reasons { code policyId } } ... on InvalidInput { issues { path } }
  }
}`;
export async function sends(
  person: Person,
  customerId: string,
  input: Record<string, unknown> = {},
  idempotencyKey?: string,
) {
  const { data, errors } = await person.ask(SEND, {
    input: { customerId, purpose: 'CARE', body: SIGNED, ...input },
    idempotencyKey,
  });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.sendMessage;
}
export const records = (person: Person, customerId: string, input: Record<string, unknown> = {}) =>
  person.does('RecordInteraction', {
    input: { customerId, channel: 'SMS', purpose: 'CARE', summary: SIGNED, ...input },
  });
