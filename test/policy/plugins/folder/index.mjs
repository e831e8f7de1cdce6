/** A plugin in plain JavaScript. */
export default {
  id: 'in-a-folder',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Folder', zh: '文件夹' },
  access: 'CENTRAL',
};
