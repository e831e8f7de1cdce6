import type { IncomingMessage, ServerResponse } from 'node:http';
import contentDisposition from 'content-disposition';
import { openFile } from '../../domain/files/open-file.ts';
import { storeUpload, TooLarge } from '../../domain/files/store-upload.ts';
import type { Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { DomainError, InvalidInput } from '../../platform/values/errors.ts';
import { parseGlobalId, toGlobalId } from '../../platform/values/ids.ts';
import { messageIn } from '../../platform/values/in-language.ts';
import type { Limits } from '../admission/limits.ts';
import { localeOf } from '../graphql/reader-language.ts';
import { refuse } from './http-answers.ts';

// Files take a way of their own beside GraphQL, whose bodies are small and whose answers are whole (decision 0075): `POST /files` takes
// one in and answers with an id for `attachFile`, `GET /files/ID` gives it. Both ask for the bearer token that operations ask for, which
// no page of others can make a browser send along.

const UPLOAD = '/files';
const DOWNLOAD = /^\/files\/([\w+/=%-]{1,120})$/;

/** A file may hold what a browser would run: it is saved and not shown, and where it is shown all the same, nothing of it runs. */
const NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'; sandbox";

type TransferLimits = Pick<Limits, 'transfersPerPerson' | 'transfersPerNode' | 'slowReaderMs'>;

/** Takes files in and gives them out, so many at a time. */
export class FileTransfers {
  readonly #services: Services;
  readonly #limits: TransferLimits;
  readonly #running = new Map<string, number>();
  #total = 0;

  constructor(services: Services, limits: TransferLimits) {
    this.#services = services;
    this.#limits = limits;
  }

  /** Whether the path is one of a file. */
  owns(path: string): boolean {
    return path === UPLOAD || DOWNLOAD.test(path);
  }

  /** @param actor null without a valid token */
  async answer(request: IncomingMessage, response: ServerResponse, path: string, actor: Actor | null): Promise<void> {
    const isUpload = path === UPLOAD;
    if (request.method !== (isUpload ? 'POST' : 'GET'))
      return refuse(response, 405, 'BAD_REQUEST', isUpload ? 'Send a POST.' : 'Send a GET.');
    if (!actor) return refuse(response, 401, 'UNAUTHENTICATED', 'Sign in first: send a valid token.');
    const end = this.#begin(actor.id);
    if (!end) {
      response.setHeader('retry-after', 1);
      return refuse(response, 429, 'TOO_MANY_TRANSFERS', 'Too many files are under way; try again in a moment.');
    }
    const caller = { actor, requestId: String(request.headers['x-request-id'] ?? '') || null };
    try {
      if (isUpload) await this.#take(request, response, caller);
      else await this.#give(response, decodeURIComponent(DOWNLOAD.exec(path)?.[1] ?? ''), caller);
    } catch (error) {
      if (!(error instanceof DomainError) || response.headersSent) throw error;
      refuseFor(response, error);
    } finally {
      end();
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> {
    const { maxBytes } = this.#services.files;
    // Never what a form of another page can send without having asked: not even a token would make that right.
    if ((request.headers['content-type'] ?? '').toLowerCase().trim() !== 'application/octet-stream')
      return refuse(response, 415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the bytes of the file as application/octet-stream.');
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new TooLarge(maxBytes);
    const content = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    const { id, mediaType, size } = await storeUpload(this.#services, caller, content);
    response.writeHead(201, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify({ id: toGlobalId('StoredFile', id), mediaType, size }));
  }

  async #give(response: ServerResponse, globalId: string, caller: Caller): Promise<void> {
    const parsed = parseGlobalId(globalId);
    if (parsed?.type !== 'Attachment') return refuse(response, 404, 'NOT_FOUND', 'There is no such Attachment.');
    const file = await openFile(this.#services, caller, parsed.id);
    response.writeHead(200, {
      'content-type': file.mediaType,
      'content-length': file.size,
      'content-disposition': contentDisposition(file.name),
      'content-security-policy': NOTHING_RUNS,
    });
    for await (const piece of file.pieces()) {
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response, this.#limits.slowReaderMs);
    }
    response.end();
  }

  /** Counts a transfer until it ends; null where there are enough. */
  #begin(personId: string): (() => void) | null {
    const own = this.#running.get(personId) ?? 0;
    if (own >= this.#limits.transfersPerPerson || this.#total >= this.#limits.transfersPerNode) return null;
    this.#running.set(personId, own + 1);
    this.#total += 1;
    return () => {
      this.#total -= 1;
      const left = (this.#running.get(personId) ?? 1) - 1;
      if (left > 0) this.#running.set(personId, left);
      else this.#running.delete(personId);
    };
  }
}

interface Caller {
  readonly actor: Actor;
  readonly requestId: string | null;
}

/** Waits for a reader, who is left after a while: pieces that nobody takes are not kept for ever. */
function drained(response: ServerResponse, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const leaving = setTimeout(() => response.destroy(), patienceMs);
    const go = () => {
      clearTimeout(leaving);
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.once('drain', go);
    response.once('close', go);
  });
}

const STATUS: Readonly<Record<string, number>> = {
  INVALID_INPUT: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  REFUSED: 409,
  NOT_CONFIGURED: 409,
};

/** A refusal as GraphQL has it in its errors. */
function refuseFor(response: ServerResponse, error: DomainError): void {
  const locale = localeOf(response.req.headers['accept-language']);
  const status = error instanceof TooLarge ? 413 : (STATUS[error.code] ?? 400);
  const code = error instanceof TooLarge ? 'BODY_TOO_LARGE' : error.code;
  const issues = error instanceof InvalidInput ? { issues: error.issues } : {};
  refuse(response, status, code, messageIn(error, locale), issues);
}
