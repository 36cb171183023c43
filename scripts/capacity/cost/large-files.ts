import { prices } from './prices';

/** Hours of a month, as AWS counts them. */
const hoursPerMonth = 730;

/** What the template has for large files; a test compares it. */
export const largeFileBranch = {
  processors: 2,
  memoryGigabytes: 4,
  interfaceEndpoints: 4,
  zones: 2,
} as const;

/**
 * Assumptions: bytes a second of a file through the container, in and out at once (a third of what the engine does on its
 * own), and seconds until it begins.
 */
const bytesPerSecond = 50e6;
const startSeconds = 90;

/** The network of the branch, whether a file comes or not: US dollars a month. */
export function largeFileNetworkUsd(): number {
  const { interfaceEndpoints, zones } = largeFileBranch;
  return interfaceEndpoints * zones * hoursPerMonth * prices.interfaceEndpoint.usd;
}

/** The container of one large file, US dollars; its requests and storage are those of any other file. */
export function largeFileUsd(bytes: number): number {
  const { processors, memoryGigabytes } = largeFileBranch;
  const hours = (startSeconds + bytes / bytesPerSecond) / 3600;
  return hours * (processors * prices.fargateProcessor.usd + memoryGigabytes * prices.fargateMemory.usd);
}
