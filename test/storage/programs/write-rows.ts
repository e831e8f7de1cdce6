import fs from 'node:fs';
import { openEmbedded } from '../../../server/platform/storage/embedded/embedded.ts';

/** Writes rows until it is killed, and notes each in the second argument's file once it is acknowledged. */
const [, , folder = '', acknowledged = ''] = process.argv;
const { pool } = await openEmbedded({ folder });
const notes = fs.openSync(acknowledged, 'a');
await pool.query('CREATE TABLE IF NOT EXISTS rows (id bigserial PRIMARY KEY, filler text NOT NULL)');
for (;;) {
  const { rows } = await pool.query<{ id: string }>('INSERT INTO rows (filler) VALUES ($1) RETURNING id', [
    'x'.repeat(500),
  ]);
  fs.writeSync(notes, `${rows[0]?.id}\n`);
}
