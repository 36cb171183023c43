import { cleanIccProfile } from '../../../dicom/deidentify/clean-icc-profile';

/** A profile of one tag of a signature, whose data are of a type and hold a text. */
function profileOf(signature: string, type: string, data: string): Buffer {
  const profile = Buffer.alloc(200);
  profile.writeUInt32BE(200, 0);
  profile.write('acsp', 36, 'latin1');
  profile.writeUInt32BE(1, 128);
  profile.write(signature, 132, 'latin1');
  profile.writeUInt32BE(144, 136);
  profile.writeUInt32BE(56, 140);
  profile.write(type, 144, 'latin1');
  profile.write(data, 152, 'latin1');
  return profile;
}

describe('a colour profile', () => {
  it.each(['curv', 'para', 'XYZ ', 'mft2', 'mAB '])('keeps numbers of type %j under a colour tag', (type) => {
    const profile = profileOf('rTRC', type, 'numbers');
    expect(cleanIccProfile(profile)?.equals(profile)).toBe(true);
  });

  it.each([
    ['rTRC', 'desc'],
    ['rTRC', 'mluc'],
    ['rTRC', 'utf8'],
    ['A2B0', 'dict'],
    ['wtpt', 'zxml'],
    ['cprt', 'text'],
    ['dmdd', 'curv'],
  ])('blanks what stands under %s as %s', (signature, type) => {
    const cleaned = cleanIccProfile(profileOf(signature, type, 'Quillfeather'));
    expect(cleaned?.includes('Quill')).toBe(false);
    expect(cleaned?.length).toBe(200);
  });

  it('is none where its lengths do not fit', () => {
    const profile = profileOf('rTRC', 'curv', '');
    profile.writeUInt32BE(1000, 140);
    expect(cleanIccProfile(profile)).toBeNull();
    expect(cleanIccProfile(Buffer.from('no profile'))).toBeNull();
  });
});
