// What a read can cost at least: a bare HTTP server that sends one prepared statement and its answer as it came.
// node --import tsx test/bench/reads/limit.ts DATABASE_URL POLICY BRANCH|-
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { READINGS } from './documents.ts';

const [, , connectionString = '', policyId = '', branch = '-'] = process.argv;
const pool = new pg.Pool({ connectionString, max: 10 });
const values = [policyId, branch === '-' ? null : branch];

const server = http.createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { name } = JSON.parse(Buffer.concat(parts).toString()) as { name: string };
    const at = READINGS.findIndex((one) => one.name === name);
    const { sql = '' } = READINGS[at] ?? {};
    const given = sql.includes('$1') ? values : [];
    const answered = sql.includes(' from ')
      ? pool
          .query<[string]>({ name: `q${at}`, text: sql, values: given, rowMode: 'array' })
          .then(({ rows }) => rows[0]?.[0] ?? '')
      : Promise.resolve(/'(.*)'/.exec(sql)?.[1] ?? '');
    answered.then(
      (text) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
        response.end(text);
      },
      (error: unknown) => {
        console.error(error);
        response.writeHead(500).end();
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}/` }));
});
