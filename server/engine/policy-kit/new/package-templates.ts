/** Versions of what a package of a policy is written and tested with. */
const TOOLS = { typescript: '^5.9.0', vitest: '^4.0.0', '@types/node': '^20.19.0' } as const;

/** What makes a policy a package of its own: how it is compiled, tested, checked by others, and published. */
export function packageFiles(id: string, platform: string): Readonly<Record<string, string>> {
  return {
    'package.json': json({
      name: `tierline-policy-${id}`,
      version: '0.1.0',
      description: `The policy ${id} for Tierline.`,
      type: 'module',
      exports: './dist/index.js',
      files: ['dist', 'golden.csv', 'README.md'],
      scripts: {
        build: 'tsc -p tsconfig.build.json && cp golden.csv dist/',
        types: 'tsc -p . --noEmit',
        test: 'vitest run',
        kit: 'tierline policy test .',
        watch: 'tierline policy test . --watch',
        sandbox: 'tierline sandbox --plugin .',
        prepack: 'npm run --silent build && tierline policy test dist',
      },
      peerDependencies: { tierline: `^${platform}` },
      devDependencies: { tierline: `^${platform}`, ...TOOLS },
    }),
    'tsconfig.json': json({
      compilerOptions: {
        target: 'es2023',
        module: 'nodenext',
        strict: true,
        noUncheckedIndexedAccess: true,
        verbatimModuleSyntax: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        rewriteRelativeImportExtensions: true,
        noEmit: true,
      },
      include: ['*.ts'],
    }),
    'tsconfig.build.json': json({
      extends: './tsconfig.json',
      compilerOptions: { noEmit: false, outDir: 'dist', rootDir: '.', allowImportingTsExtensions: false },
      include: ['*.ts'],
      exclude: ['*.test.ts'],
    }),
    '.gitignore': 'node_modules/\ndist/\n',
    '.github/workflows/ci.yml': CI,
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const CI = `name: ci
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        node: [20, 22, 24]
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: \${{ matrix.node }}
      - run: npm install
      - run: npm run types
      - run: npm test
      - run: npm run kit
      - run: npm pack
`;
