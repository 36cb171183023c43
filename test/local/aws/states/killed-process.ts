import { invoke, MachineRoom, sequence } from './machine-room';

/** A machine that runs a hundred items, one after the other. */
export const hundredItems = sequence({
  Before: { Type: 'Pass', Assign: { kept: 'before' } },
  Each: {
    Type: 'Map',
    Items: '{% $states.input %}',
    MaxConcurrency: 1,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
      ...sequence({ Work: invoke('work') }),
    },
    Output: { kept: '{% $kept %}', items: '{% $states.result %}' },
  },
});

/** Run as a process of its own: says the number of every item that it works on until it is killed. */
function main(folder: string): void {
  const room = new MachineRoom(folder);
  room.patience = 0;
  room.handlers = {
    work: async (item: number) => {
      process.stdout.write(`${item}\n`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      return item;
    },
  };
  room.deploy(hundredItems);
  room.begin(Array.from({ length: 100 }, (_, index) => index));
}

if (require.main === module) main(process.argv[2] ?? '');
