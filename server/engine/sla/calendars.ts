import type { PrismaClient } from '../../../prisma/generated/client/client.ts';
import { fromJson } from '../../platform/values/json.ts';
import { zoneOf } from '../policy/line-zone.ts';
import type { Policies } from '../policy/policies.ts';
import { type CompiledCalendar, compileCalendar } from './business-time.ts';
import { alwaysCalendar, type CalendarDefinition, calendarInForce, calendarKey } from './calendar.ts';

/** Years that are laid out at once; a calendar widens itself beyond them. */
const YEARS_AROUND = 2;

/**
 * The calendars of all policies, each in all its versions: the plugin's declaration is version 1, an operator's
 * corrections are the later ones. A clock keeps the key of the version that it was promised under.
 */
export class PolicyCalendars {
  readonly #policies: Pick<Policies, 'get'>;
  readonly #prisma: Pick<PrismaClient, 'calendarVersion'>;
  readonly #compiled = new Map<string, CompiledCalendar>();
  #corrections = new Map<string, CalendarDefinition[]>();
  #reading: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(policies: Pick<Policies, 'get'>, prisma: Pick<PrismaClient, 'calendarVersion'>) {
    this.#policies = policies;
    this.#prisma = prisma;
  }

  /** The same calendars, which from now on reads the corrections of another database: what it learns there is not known here. */
  fork(prisma: Pick<PrismaClient, 'calendarVersion'>): PolicyCalendars {
    const fork = new PolicyCalendars(this.#policies, prisma);
    fork.#corrections = new Map(this.#corrections);
    for (const [key, compiled] of this.#compiled) fork.#compiled.set(key, compiled);
    return fork;
  }

  /** Reads the operators' corrections; to be called at start and when one was made. */
  refresh(): Promise<void> {
    // One reading after the other: whoever made a version waits for a reading that began after it.
    const reading = this.#reading.catch(() => {}).then(() => this.#read());
    this.#reading = reading;
    return reading;
  }

  /** Reads them again and again until it is closed, for another node may have made a version. */
  follow(everyMs: number, onError: (error: unknown) => void): void {
    const look = () => {
      this.#timer = setTimeout(() => {
        void this.refresh()
          .catch(onError)
          .finally(() => {
            if (!this.#isClosed) look();
          });
      }, everyMs).unref();
    };
    look();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#reading.catch(() => {});
  }

  async #read(): Promise<void> {
    const corrections = new Map<string, CalendarDefinition[]>();
    const rows = await this.#prisma.calendarVersion.findMany({ orderBy: { version: 'asc' } });
    for (const { policyId, calendarId, definition } of rows) {
      const name = nameOf(policyId, calendarId);
      corrections.set(name, [...(corrections.get(name) ?? []), fromJson<CalendarDefinition>(definition)]);
    }
    this.#corrections = corrections;
  }

  /**
   * The version on which a promise of this instant is made.
   *
   * @param at epoch milliseconds, UTC
   * @throws {RangeError} the policy declares no such calendar, or none of its versions is in force
   */
  inForce(policyId: string, calendarId: string, at: number): CompiledCalendar {
    const found = calendarInForce(this.versions(policyId, calendarId), at);
    if (!found) throw new RangeError(`${policyId} has no calendar ${calendarId} in force`);
    return this.#compile(found);
  }

  /** The version with this key, as clocks name it. */
  readonly get = (key: string): CompiledCalendar => {
    const known = this.#compiled.get(key);
    if (known) return known;
    const [name = '', version] = key.split('@');
    const [policyId = '', calendarId = ''] = name.split('/');
    const found = this.versions(policyId, calendarId).find((one) => one.version === Number(version));
    if (!found) throw new RangeError(`there is no calendar ${key}`);
    return this.#compile(found);
  };

  /** All versions, ascending, whether or not they are in force. */
  versions(policyId: string, calendarId: string): readonly CalendarDefinition[] {
    const policy = this.#policies.get(policyId)?.declaration;
    const name = nameOf(policyId, calendarId);
    if (calendarId === 'always') return [{ ...alwaysCalendar(zoneOf(policy)), id: name }];
    const declared = policy?.calendars?.[calendarId];
    const first = declared ? [{ ...declared, id: name, version: 1, exceptions: [] }] : [];
    return [...first, ...(this.#corrections.get(name) ?? [])];
  }

  #compile(definition: CalendarDefinition): CompiledCalendar {
    const key = calendarKey(definition);
    const known = this.#compiled.get(key);
    if (known) return known;
    const year = new Date().getUTCFullYear();
    const compiled = compileCalendar(definition, { fromYear: year - YEARS_AROUND, toYear: year + YEARS_AROUND });
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

function nameOf(policyId: string, calendarId: string): string {
  return `${policyId}/${calendarId}`;
}
