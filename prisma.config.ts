import { defineConfig } from 'prisma/config';

// `generate`, `validate` and `format` need no schema engine, yet the CLI insists that the file exists: any existing file will do.
if (process.argv.some((word) => ['generate', 'validate', 'format'].includes(word))) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ||= process.execPath;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
