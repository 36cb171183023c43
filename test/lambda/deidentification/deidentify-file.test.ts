import { Readable } from 'node:stream';
import type { DeidentificationOutcome, InstanceSubject } from '../../../dicom/deidentify/outcome';
import {
  type DeidentifyFilePorts,
  deidentifyFile,
  type Engine,
} from '../../../lambda/deidentification/deidentify-file';
import type { BatchFile } from '../../../lambda/deidentification/pipeline.contract';
import { Withdrawn } from '../../../lambda/withdrawal/mark-store';

const sha256 = 'a'.repeat(64);
const submissionId = 's-00000000000000000000000000';
const subject: InstanceSubject = { nhsNumber: null, patientId: 'A' };

const deidentified: DeidentificationOutcome = {
  outcome: 'deidentified',
  sourceSha256: sha256,
  instance: {
    studyInstanceUid: '2.25.1',
    seriesInstanceUid: '2.25.2',
    sopInstanceUid: '2.25.3',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    patientPseudonym: 'P',
    split: 'held-out',
    frames: 1,
    bytes: 4,
    sha256: 'b'.repeat(64),
    pixelDigest: 'c'.repeat(64),
    perceptualHash: null,
    groupingDigest: 'd'.repeat(64),
    facts: {
      modality: 'CT',
      bodyPartExamined: null,
      manufacturer: null,
      manufacturerModelName: null,
      kvp: null,
      magneticFieldStrength: null,
      sliceThickness: null,
      viewPosition: null,
      contrast: false,
      rows: 1,
      columns: 1,
      ageYears: null,
      sex: null,
      studyDate: null,
    },
    warnings: [],
  },
};

function setting(
  engine: Engine['deidentify'],
  admission: 'admit' | 'withhold' = 'admit',
  withdrawn = false,
  entry: Partial<BatchFile> = {},
) {
  const events: string[] = [];
  const ports: DeidentifyFilePorts = {
    objects: { readStream: async () => Readable.from([Buffer.from('file')]) },
    staging: {
      open: (place) => ({
        sink: { write: () => {} },
        commit: async () => void events.push(`commit ${place().key}`),
        discard: async () => void events.push('discard'),
      }),
    },
    quarantine: { keep: async (_trust, _submission, _ordinal, code) => void events.push(`keep ${code}`) },
    engine: {
      deidentify: engine,
      splitOf: () => 'held-out',
      pseudonymOf: () => 'P',
      localPseudonymOf: () => 'L',
    },
    gate: {
      admitStudies: async () => Withdrawn.nothing,
      admitQuarantined: async () => !withdrawn,
      isWithdrawn: async () => withdrawn,
    },
    admit: () => admission,
    answered: true,
    landingBucket: 'landing',
    deidentifiedBucket: 'deidentified',
  };
  const run = () =>
    deidentifyFile(ports, {
      submissionId,
      trust: 'RX1',
      pack: 'p-0001',
      entry: { ordinal: 5, bytes: 4, sha256, group: 2, ...entry },
    });
  return { events, ports, run };
}

describe('de-identifying one file', () => {
  it('stages the output under the split of its patient', async () => {
    const { events, run } = setting(async (_source, _sink, admit) => {
      admit(subject);
      return deidentified;
    });
    expect(await run()).toMatchObject({
      outcome: 'staged',
      ordinal: 5,
      group: 2,
      split: 'held-out',
      localPseudonym: 'L',
      key: `${submissionId}/held-out/p-0001/000005.dcm`,
    });
    expect(events).toEqual([`commit ${submissionId}/held-out/p-0001/000005.dcm`]);
  });

  it('compares no digest of the whole with that of parts, which Plan has compared', async () => {
    const { run } = setting(
      async (_source, _sink, admit) => {
        admit(subject);
        return { ...deidentified, sourceSha256: 'e'.repeat(64) };
      },
      'admit',
      false,
      { digest: 'parts' },
    );
    expect(await run()).toMatchObject({ outcome: 'staged' });
  });

  it.each([
    ['of a cleared patient, who is known by then', 'admit', 'quarantine', ['discard', 'keep TOO_LARGE']],
    ['before anybody is known', 'nobody', 'landing', ['discard']],
  ])('stops where the output outgrows the image store: %s', async (_, who, held, expected) => {
    const piece = Buffer.alloc(100_000_000);
    let taken = 0;
    const { events, ports, run } = setting(async (_source, sink, admit) => {
      if (who === 'admit') admit(subject);
      for (let pieces = 0; pieces < 1_000; pieces += 1) await sink.write(piece);
      return deidentified;
    });
    Object.assign(ports.staging, {
      open: () => ({
        sink: {
          write: (chunk: Buffer) => {
            taken += chunk.length;
          },
        },
        commit: async () => void events.push('commit'),
        discard: async () => void events.push('discard'),
      }),
    });
    expect(await run()).toMatchObject({ outcome: 'quarantined', code: 'TOO_LARGE', held });
    expect(taken).toBe(10_000_000_000);
    expect(events).toEqual(expected);
  });

  it('commits no output that is too large without having been written here', async () => {
    const { events, run } = setting(async (_source, _sink, admit) => {
      admit(subject);
      return { ...deidentified, instance: { ...deidentified.instance, bytes: 10_000_000_001 } };
    });
    expect(await run()).toMatchObject({ outcome: 'quarantined', code: 'TOO_LARGE' });
    expect(events).toEqual(['discard', 'keep TOO_LARGE']);
  });

  it('ends as missing where nothing landed', async () => {
    const { ports, run } = setting(async () => deidentified);
    Object.assign(ports.objects, { readStream: async () => null });
    expect(await run()).toEqual({ outcome: 'missing', ordinal: 5 });
  });

  it('commits nothing of a withheld patient, and copies nothing', async () => {
    const { events, run } = setting(async (_source, _sink, admit) => {
      expect(admit(subject)).toBe('withhold');
      return { outcome: 'withheld', sourceSha256: sha256 };
    }, 'withhold');
    expect(await run()).toEqual({ outcome: 'withheld', ordinal: 5 });
    expect(events).toEqual(['discard']);
  });

  it('quarantines where it lies a file that is not the one announced, whose patient was not cleared', async () => {
    const { events, run } = setting(async (_source, _sink, admit) => {
      admit(subject);
      return { outcome: 'withheld', sourceSha256: 'f'.repeat(64) };
    }, 'withhold');
    expect(await run()).toMatchObject({ code: 'CHECKSUM_MISMATCH', held: 'landing' });
    expect(events).toEqual(['discard']);
  });

  it('quarantines where it lies a file that was refused before its patient was known', async () => {
    const { events, run } = setting(async () => ({
      outcome: 'quarantined',
      sourceSha256: sha256,
      code: 'NOT_DICOM',
      tagPath: null,
    }));
    expect(await run()).toMatchObject({ outcome: 'quarantined', code: 'NOT_DICOM', held: 'landing' });
    expect(events).toEqual(['discard']);
  });

  it('copies to quarantine a file whose patient was cleared', async () => {
    const { events, run } = setting(async (_source, _sink, admit) => {
      admit(subject);
      return { outcome: 'quarantined', sourceSha256: sha256, code: 'PROOF_FAILED', tagPath: '(0008,1140)' };
    });
    expect(await run()).toMatchObject({ code: 'PROOF_FAILED', tagPath: '(0008,1140)', held: 'quarantine' });
    expect(events).toEqual(['discard', 'keep PROOF_FAILED']);
  });

  it('names whose file it copied to quarantine, and of which one that lies in landing it does not', async () => {
    const copied = setting(async (_source, _sink, admit) => {
      admit(subject);
      return { outcome: 'quarantined', sourceSha256: sha256, code: 'PROOF_FAILED', tagPath: null };
    });
    expect(await copied.run()).toMatchObject({ held: 'quarantine', patientPseudonym: 'P' });
    const lying = setting(async () => ({
      outcome: 'quarantined',
      sourceSha256: sha256,
      code: 'NOT_DICOM',
      tagPath: null,
    }));
    expect(await lying.run()).not.toHaveProperty('patientPseudonym');
  });

  it('withholds the file of a withdrawn patient instead of copying it to quarantine', async () => {
    const { events, run } = setting(
      async (_source, _sink, admit) => {
        admit(subject);
        return { outcome: 'quarantined', sourceSha256: sha256, code: 'PROOF_FAILED', tagPath: null };
      },
      'admit',
      true,
    );
    expect(await run()).toEqual({ outcome: 'withheld', ordinal: 5 });
    expect(events).toEqual(['discard']);
  });

  it('commits nothing of a file that is not the one announced', async () => {
    const { events, run } = setting(async (_source, _sink, admit) => {
      admit(subject);
      return { ...deidentified, sourceSha256: 'f'.repeat(64) };
    });
    expect(await run()).toMatchObject({ outcome: 'quarantined', code: 'CHECKSUM_MISMATCH' });
    expect(events).toEqual(['discard', 'keep CHECKSUM_MISMATCH']);
  });

  it('commits nothing where the engine drew another split than the key says', async () => {
    const { events, run } = setting(async (_source, _sink, admit) => {
      admit(subject);
      return { ...deidentified, instance: { ...deidentified.instance, split: 'development' } };
    });
    expect(await run()).toMatchObject({ outcome: 'quarantined', code: 'PROCESSING_FAILED' });
    expect(events).toEqual(['discard', 'keep PROCESSING_FAILED']);
  });

  it('discards and passes on a failure of the network, which says nothing about the file', async () => {
    const { events, run } = setting(async () => {
      throw new Error('connection reset');
    });
    await expect(run()).rejects.toThrow('connection reset');
    expect(events).toEqual(['discard']);
  });
});
