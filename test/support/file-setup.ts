import { afterAll } from 'vitest';
import { dropOwnDatabases } from './postgres.ts';

// After the hooks of the file itself, which close what is connected.
afterAll(dropOwnDatabases);
