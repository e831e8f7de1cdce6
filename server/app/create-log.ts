import { type Logger, pino } from 'pino';
import { ofRequest } from '../platform/values/request-scope.ts';
import { errorInLog } from './error-in-log.ts';

export function createLog(level: string): Logger {
  return pino(
    {
      level,
      mixin: ofRequest,
      serializers: { err: errorInLog },
      redact: ['headers.authorization', '*.phone', '*.email', '*.idNumber', '*.token'],
    },
    pino.destination(2),
  );
}
