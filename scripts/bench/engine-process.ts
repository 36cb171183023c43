import { runPart } from './engine-part';

void runPart(process.argv.slice(2));
