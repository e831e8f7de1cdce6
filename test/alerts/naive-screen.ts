import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/**
 * What many servers do: NOTIFY wakes a reader that goes on after the largest key that it has seen, and hands what it
 * finds to whoever is connected at the moment. Its screen loses its connection as often as the others do.
 */
export class NaiveScreen {
  readonly ids: string[] = [];
  readonly #url: string;
  #on = true;
  #connected = true;

  constructor(url: string) {
    this.#url = url;
  }

  stop(): void {
    this.#on = false;
  }

  async run(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, application_name: 'naive' });
    client.on('error', () => {});
    await client.connect();
    let last = '00000000-0000-0000-0000-000000000000';
    let reading = Promise.resolve();
    const read = async () => {
      const { rows } = await client.query<{ id: string }>('select id from alert where id > $1 order by id', [last]);
      last = rows.at(-1)?.id ?? last;
      if (this.#connected) this.ids.push(...rows.map(({ id }) => id));
    };
    client.on('notification', () => {
      reading = reading.then(read).catch(() => undefined);
    });
    await client.query('listen tierline_alerts');
    let turns = 0;
    while (this.#on) {
      await sleep(50);
      turns += 1;
      this.#connected = turns % 20 !== 0;
    }
    await reading;
    await client.end();
  }
}
