/** Packages on npm that ship ES modules only: jest's CommonJS loader needs them transformed. */
const esModulePackages = [
  '@seriousme/openapi-schema-validator',
  'antlr4-c3',
  'antlr4ng',
  'dt-sql-parser',
  'hyparquet',
  'hyparquet-writer',
  'jose',
  'p-queue',
  'p-retry',
  'p-timeout',
  'eventemitter3',
  'is-network-error',
  'oidc-provider',
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModulePackages.join('|')})/)`],
  reporters: ['default', '<rootDir>/test/reporting/plain-summary-reporter.js'],
  maxWorkers: 2,
  // The whole platform runs in many of them, several times slower where a machine does other work too.
  testTimeout: 120_000,
};
