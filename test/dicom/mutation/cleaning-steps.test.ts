import type { EngineRun } from '../samples/engine';
import { holds } from '../samples/find-bytes';
import { commentedInstance, plantedInstance, plantedTexts } from '../samples/planted-instance';

type Engine = typeof import('../samples/engine');
type Module = Record<string, unknown>;

interface Step {
  readonly name: string;
  readonly module: string;
  /** What takes the place of parts of the module: the step without its effect. */
  readonly off: (real: Module) => Module;
  /** Which of the planted texts must then be found. */
  readonly survives: keyof typeof plantedTexts;
}

const same = (value: unknown): unknown => value;
const yes = (): boolean => true;

/** Takes the place of one method of a class, for the engine under test alone. */
function withMethod(
  real: Module,
  className: string,
  method: string,
  replacement: (...values: never[]) => unknown,
): Module {
  const Real = real[className] as new (...values: never[]) => object;
  class Changed extends Real {}
  Object.defineProperty(Changed.prototype, method, { value: replacement });
  return { [className]: Changed };
}

const steps: readonly Step[] = [
  {
    name: 'free text is cleaned',
    module: 'deidentify/clean-text',
    off: () => ({ cleanText: same }),
    survives: 'word',
  },
  {
    name: 'words must be terms',
    module: 'policy/terms',
    off: () => ({ isClinicalTerm: yes }),
    survives: 'word',
  },
  {
    name: 'names of devices must be terms',
    module: 'policy/terms',
    off: () => ({ isDeviceTerm: yes }),
    survives: 'device',
  },
  {
    name: 'a term that is a name goes',
    module: 'identifiers/identifying-values',
    off: (real) => ({
      ...withMethod(real, 'IdentifyingValues', 'addName', () => undefined),
    }),
    survives: 'termName',
  },
  {
    name: 'dates are shifted',
    module: 'deidentify/shift-dates',
    off: () => ({ shiftDate: same }),
    survives: 'studyDate',
  },
  {
    name: 'nested dates are shifted',
    module: 'deidentify/shift-dates',
    off: () => ({ shiftDate: same }),
    survives: 'nested',
  },
  {
    name: 'dates with times are shifted',
    module: 'deidentify/shift-dates',
    off: () => ({ shiftDateTime: same }),
    survives: 'dateTime',
  },
  {
    name: 'ages are capped',
    module: 'deidentify/shift-dates',
    off: () => ({ capAge: same }),
    survives: 'age',
  },
  {
    name: 'a time must be one',
    module: 'policy/value-checks',
    off: () => ({ isTime: yes }),
    survives: 'time',
  },
  {
    name: 'a code string must be of terms',
    module: 'policy/value-checks',
    off: () => ({ isCodeString: yes }),
    survives: 'codeString',
  },
  {
    name: 'a value of Image Type must be of terms',
    module: 'policy/value-checks',
    off: () => ({ isCodeString: yes }),
    survives: 'imageType',
  },
  {
    name: 'an orientation must be one',
    module: 'policy/value-checks',
    off: () => ({ isOrientation: yes }),
    survives: 'orientation',
  },
  {
    name: 'an integer must be one',
    module: 'policy/value-checks',
    off: () => ({ isIntegerString: yes }),
    survives: 'word',
  },
  {
    name: 'a code must have the form of its scheme',
    module: 'policy/coded-values',
    off: () => ({ isKnownCode: yes }),
    survives: 'code',
  },
  {
    name: 'UIDs are mapped',
    module: 'deidentify/pseudonyms',
    off: (real) => withMethod(real, 'UidMapper', 'map', same),
    survives: 'uid',
  },
  {
    name: 'accession numbers become pseudonyms',
    module: 'deidentify/pseudonyms',
    off: () => ({ accessionPseudonym: (_keys: unknown, _patient: unknown, number: unknown) => number }),
    survives: 'accession',
  },
  {
    name: 'the patient becomes a pseudonym',
    module: 'deidentify/pseudonyms',
    off: () => ({ patientPseudonym: (_keys: unknown, subject: { nhsNumber: string }) => subject.nhsNumber }),
    survives: 'number',
  },
  {
    name: 'private elements must be on the list',
    module: 'policy/safe-private',
    off: () => ({ safePrivateVr: () => 'LO' }),
    survives: 'private',
  },
  {
    name: 'profiles are cleaned',
    module: 'deidentify/clean-icc-profile',
    off: () => ({ cleanIccProfile: same }),
    survives: 'profile',
  },
];

/** The engine with some modules changed; none of it is shared with other tests. */
async function engineWith(changes: readonly Pick<Step, 'module' | 'off'>[]): Promise<Engine> {
  let engine: Engine | null = null;
  await jest.isolateModulesAsync(async () => {
    for (const { module, off } of changes) {
      const path = `../../../dicom/${module}`;
      jest.doMock(path, () => {
        const real = jest.requireActual<Module>(path);
        return { ...real, ...off(real) };
      });
    }
    engine = await import('../samples/engine');
  });
  for (const { module } of changes) jest.dontMock(`../../../dicom/${module}`);
  if (engine === null) throw new Error('The engine was not loaded.');
  return engine;
}

const run = (engine: Engine, file: Buffer): Promise<EngineRun> => engine.runEngine(file);

const noProof: Pick<Step, 'module' | 'off'> = {
  module: 'prove/search-output',
  off: () => ({ searchElements: () => undefined }),
};

describe('a step of cleaning that is switched off is missed', () => {
  it('and none is while all are on', async () => {
    const { outcome, output } = await run(await engineWith([]), plantedInstance());
    expect(outcome.outcome).toBe('deidentified');
    const survivors = Object.entries(plantedTexts).filter(([, planted]) => holds(output, planted));
    expect(survivors).toEqual([]);
  });

  it.each(steps.map((step) => [step.name, step] as const))('%s', async (_name, step) => {
    const { output } = await run(await engineWith([step]), plantedInstance());
    expect(holds(output, plantedTexts[step.survives])).toBe(true);
  });
});

describe('the proof that is switched off is missed', () => {
  const leak: Pick<Step, 'module' | 'off'> = {
    module: 'deidentify/clean-text',
    off: () => ({ cleanText: same }),
  };

  it('in data elements', async () => {
    const proven = await run(await engineWith([leak]), plantedInstance());
    expect(proven.outcome).toMatchObject({ outcome: 'quarantined', code: 'PROOF_FAILED' });
    const unproven = await run(await engineWith([leak, noProof]), plantedInstance());
    expect(unproven.outcome.outcome).toBe('deidentified');
    expect(holds(unproven.output, plantedTexts.termName)).toBe(true);
  });

  it('in comments of compressed frames', async () => {
    const noCleaning = {
      module: 'pixels/code-stream-cleaner',
      off: (real: Module) =>
        withMethod(real, 'CodeStreamCleaner', 'clean', (_bytes: Buffer, _start: number, end: number) => end),
    };
    const noScanning = {
      module: 'prove/comment-scanner',
      off: (real: Module) => withMethod(real, 'CommentScanner', 'push', () => undefined),
    };
    const proven = await run(await engineWith([noCleaning]), commentedInstance());
    expect(proven.outcome).toMatchObject({ outcome: 'quarantined', code: 'PROOF_FAILED' });
    const unproven = await run(await engineWith([noCleaning, noScanning]), commentedInstance());
    expect(unproven.outcome.outcome).toBe('deidentified');
    expect(holds(unproven.output, 'Wrenfield')).toBe(true);
  });
});
