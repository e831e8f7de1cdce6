export type Cells = Readonly<Record<string, string | number | boolean>>;
