import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Person, TestApp } from './app.ts';

/** A content that begins as a PDF does, of so many bytes; what stands in it can be looked for. */
export function pdf(text = 'Hello', size = 0): Buffer {
  const beginning = Buffer.from(`%PDF-1.7\n${text}\n`);
  return Buffer.concat([beginning, Buffer.alloc(Math.max(0, size - beginning.length), `${text} `)]);
}

/** The smallest of pictures. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** What is answered to a content: its id, or what is wrong with it. */
export interface Sent {
  readonly id: string;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly [field: string]: unknown;
}

/** Sends a content as the person, as a frontend does. */
export async function send(
  { url }: Pick<TestApp, 'url'>,
  token: string | null,
  body: BodyInit,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; answer: Sent }> {
  const response = await fetch(new URL('/files', url), {
    method: 'POST',
    headers: {
      'content-type': 'application/octet-stream',
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body,
  });
  return { status: response.status, answer: (await response.json()) as Sent };
}

/** Sends a content and attaches it. */
export async function givenFile(app: TestApp, person: Person, to: string, name = 'a.pdf', content: Buffer = pdf()) {
  const { answer } = await send(app, person.token, new Uint8Array(content));
  const file = await person.does('AttachFile', { input: { to, uploadId: answer.id, name } });
  if (file.__typename !== 'Attachment') throw new Error(JSON.stringify({ answer, file }));
  return file;
}

/** Gets a file as the person. */
export function get({ url }: Pick<TestApp, 'url'>, token: string | null, path: string): Promise<Response> {
  return fetch(new URL(path, url), { headers: token ? { authorization: `Bearer ${token}` } : {} });
}

/** Bytes as a body that says not how much comes. */
export function streamOf(parts: AsyncIterable<Uint8Array>): ReadableStream {
  return Readable.toWeb(Readable.from(parts, { objectMode: false }));
}
