/**
 * Loaded before the program of a container: a task ends with the platform, however that ended, and not before it, since an
 * interrupt at the terminal reaches both. The channel does not hold a program that has ended its work.
 */
process.on('disconnect', () => process.exit(137));
process.on('SIGINT', () => undefined);
process.channel?.unref();
