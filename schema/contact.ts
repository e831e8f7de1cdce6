import { saveContact } from '../server/domain/customers/contacts.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import type { Builder } from './base/builder.ts';
import { command } from './base/command.ts';

/** The relationship strengthening table: decision makers, and what is done about each (S02-forms). */
export function addContacts(builder: Builder): void {
  builder.prismaObjectFields('Contact', (t) => ({
    responsible: t.prismaField({
      type: 'Staff',
      nullable: true,
      description: 'Who of us strengthens the relationship.',
      select: { responsibleId: true },
      resolve: (query, { responsibleId }, _args, { services }) =>
        responsibleId ? services.database.prisma.staff.findUnique({ ...query, where: { id: responsibleId } }) : null,
    }),
    strengthenBy: t.expose('strengthenBy', { type: 'Date', nullable: true }),
    strengthening: t.exposeString('strengthening', { nullable: true, description: 'The measure.' }),
    remarks: t.exposeString('remarks', { nullable: true }),
  }));
  const ContactInput = builder.inputType('ContactInput', {
    description: 'A row as a whole: what is left out is emptied. An input that changes nothing is InvalidInput.',
    fields: (t) => ({
      id: t.id({ description: 'A contact that is known already; a new one where it is left out.' }),
      customerId: t.id({ required: true }),
      name: t.string({ required: true }),
      role: t.string({ required: true, description: 'General manager, department manager ...' }),
      influence: t.string(),
      relationship: t.string({ description: 'With us.' }),
      competitorRelationship: t.string({ description: 'With the key competitor.' }),
      phone: t.string({ description: 'Left out, it stays as it is; null empties it.' }),
      responsibleId: t.id(),
      strengthenBy: t.field({ type: 'Date' }),
      strengthening: t.string(),
      remarks: t.string(),
    }),
  });
  builder.mutationField('saveContact', (t) =>
    command(t, 'Contact', {
      description: 'Saves a row of the relationship strengthening table.',
      args: { input: t.arg({ type: ContactInput, required: true }) },
      run: (services, caller, { input }) =>
        saveContact(services, caller, {
          ...input,
          id: input.id ? idOf('Contact', String(input.id)) : null,
          customerId: idOf('Customer', String(input.customerId)),
          responsibleId:
            input.responsibleId && referenceOf('Staff', String(input.responsibleId), 'input.responsibleId'),
        }),
    }),
  );
}
