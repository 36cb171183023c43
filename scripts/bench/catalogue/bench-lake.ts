import { makeLake } from './make-lake';
import { measureLake } from './measure-lake';

/** `make FOLDER ROWS` or `measure FOLDER WORK`, in a process of its own, so that its memory is that of the work. */
async function run(): Promise<void> {
  const [work, folder = '', parameter = ''] = process.argv.slice(2);
  const figures =
    work === 'make' ? await makeLake(folder, Number(parameter)) : await measureLake(folder, parameter);
  process.stdout.write(JSON.stringify(figures));
}

void run();
