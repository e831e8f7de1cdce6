import type { PersonalData } from '../../engine/services/personal-data.ts';

/** What of files is about customers: all of it. A file's pieces and what it belongs to go with it. */
export const personalData: PersonalData = {
  stored_file: { erase: 'DELETED', through: { parent: 'attachment', key: 'id' } },
  attachment: { erase: 'DELETED' },
};
