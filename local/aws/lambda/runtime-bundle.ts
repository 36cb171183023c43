import { join } from 'node:path';
import { bundleProgram } from '../bundle-program';

/**
 * Bundles the program that runs in function processes.
 * @returns path of the file
 */
export function buildRuntime(folder: string): string {
  return bundleProgram(join(__dirname, 'runtime.ts'), folder, 'lambda-runtime.cjs');
}
