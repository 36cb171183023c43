import { explicitLittleEndian } from '../../../dicom/data-set/data-element';
import { readInstanceSummary } from '../../../dicom/deidentify/read-instance-summary';
import { inPieces } from '../samples/engine';
import { ctElements, makeInstance, text } from '../samples/make-instance';

const file = makeInstance({ syntax: 'explicit', elements: ctElements(explicitLittleEndian) });
const summary = (bytes: Buffer) => readInstanceSummary(inPieces(bytes), [{ attribute: 'PatientID' }]);

describe('the summary of a file', () => {
  it('says which image it is and whose', async () => {
    expect(await summary(file)).toEqual({
      kind: 'dicom',
      studyInstanceUid: '1.2.826.0.1.3680043.10.1',
      seriesInstanceUid: '1.2.826.0.1.3680043.10.2',
      sopInstanceUid: '1.2.826.0.1.3680043.10.1.1',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      modality: 'CT',
      subject: { nhsNumber: null, patientId: 'HOSP884213' },
    });
  });

  it('reads no more than the header', async () => {
    let pieces = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield file;
      for (;;) {
        pieces += 1;
        yield Buffer.alloc(1024);
      }
    }
    expect((await readInstanceSummary(endless(), [])).kind).toBe('dicom');
    expect(pieces).toBeLessThan(10);
  });

  it('tells what is no DICOM from what cannot be read', async () => {
    expect(await summary(Buffer.from('%PDF-1.7'.repeat(100)))).toEqual({ kind: 'not-dicom' });
    expect(await summary(file.subarray(0, 300))).toEqual({ kind: 'unreadable', code: 'TRUNCATED' });
    const directory = ctElements(explicitLittleEndian, [text(0x00080016, 'UI', '1.2.840.10008.1.3.10')]);
    expect(await summary(makeInstance({ syntax: 'explicit', elements: directory }))).toEqual({
      kind: 'dicomdir',
    });
  });
});
