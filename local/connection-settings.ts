/**
 * How long an idle connection stays open, in milliseconds: longer than clients keep theirs, as AWS does. After Node's five
 * seconds the server would close connections under a client whose machine is busy, and its next request would be lost.
 */
export const keepAliveTimeout = 65_000;
