import { isEncoderComment } from '../../../dicom/pixels/encoder-comments';

describe('a comment that names nothing but the encoder', () => {
  it.each([
    'LEAD Technologies Inc. V1.01',
    'Kakadu-v7.10.2',
    'Created by OpenJPEG version 2.3.1',
    'Created by GDCM/OpenJPEG version 2.0.0',
    'Intel(R) JPEG Library, version [1.51.13.45]',
    'quality 90',
  ])('%s', (comment) => expect(isEncoderComment(Buffer.from(comment))).toBe(true));
});

describe('a comment without a word that says something of somebody all the same', () => {
  it.each([
    '943 476 5919',
    '943, 476, 591, 9',
    '1970:01:02 12:30:11',
    '02/01/70',
    'version 02.01.1970',
    'S M I T H',
    'J.O.H.N',
  ])('%s', (comment) => expect(isEncoderComment(Buffer.from(comment))).toBe(false));
});
