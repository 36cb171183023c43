const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');

/**
 * Names every skipped test with its file, so that a missing tool or folder never hides, and closes with the plain
 * line `N passed, N failed, N skipped`. With NMIP_TEST_COUNTS=FILE the counts are also written there as JSON.
 */
class PlainSummaryReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.testResults.flatMap((file) =>
      file.testResults
        .filter((test) => test.status === 'pending' || test.status === 'todo')
        .map((test) => `${file.testFilePath.replace(`${process.cwd()}/`, '')}: ${test.fullName}`),
    );
    for (const name of skipped) process.stdout.write(`skipped  ${name}\n`);
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const counts = { passed: results.numPassedTests, failed, skipped: skipped.length };
    const target = process.env.NMIP_TEST_COUNTS;
    if (target) {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, `${JSON.stringify(counts)}\n`);
    }
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}

module.exports = PlainSummaryReporter;
