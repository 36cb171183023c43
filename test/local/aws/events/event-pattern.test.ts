import { matchesPattern, parseEventPattern } from '../../../../local/aws/events/event-pattern';

const event = {
  source: 'aws.s3',
  'detail-type': 'Object Created',
  resources: ['arn:aws:s3:::exchange'],
  detail: { bucket: { name: 'exchange' }, object: { key: 'responses/s-1.txt', size: 12 }, empty: null },
};

const fits = (pattern: unknown): boolean => matchesPattern(parseEventPattern(pattern), event);

describe('event patterns', () => {
  it.each([
    ['an exact value', { source: ['aws.s3'] }],
    ['one of several values', { source: ['aws.sns', 'aws.s3'] }],
    ['a number', { detail: { object: { size: [12] } } }],
    ['null', { detail: { empty: [null] } }],
    ['a member of a list', { resources: ['arn:aws:s3:::exchange'] }],
    ['a prefix', { detail: { object: { key: [{ prefix: 'responses/' }] } } }],
    ['a suffix', { detail: { object: { key: [{ suffix: '.txt' }] } } }],
    ['text in any case', { source: [{ 'equals-ignore-case': 'AWS.S3' }] }],
    ['anything but a value', { source: [{ 'anything-but': 'aws.sns' }] }],
    ['anything but values', { source: [{ 'anything-but': ['aws.sns', 'aws.sqs'] }] }],
    ['anything but a prefix', { detail: { object: { key: [{ 'anything-but': { prefix: 'requests/' } }] } } }],
    ['a member that is there', { detail: { bucket: { name: [{ exists: true }] } } }],
    ['a member that is not there', { detail: { version: [{ exists: false }] } }],
  ])('match %s', (_what, pattern) => {
    expect(fits(pattern)).toBe(true);
  });

  it.each([
    ['another value', { source: ['aws.sns'] }],
    ['one member of two', { source: ['aws.s3'], 'detail-type': ['Object Deleted'] }],
    ['another prefix', { detail: { object: { key: [{ prefix: 'requests/' }] } } }],
    ['a number as text', { detail: { object: { size: ['12'] } } }],
    ['anything but, of a member that is not there', { detail: { version: [{ 'anything-but': 'x' }] } }],
    ['a member that should not be there', { source: [{ exists: false }] }],
    ['a path that is not there', { detail: { job: { id: ['x'] } } }],
  ])('do not match %s', (_what, pattern) => {
    expect(fits(pattern)).toBe(false);
  });

  it.each([
    ['numeric', { detail: { object: { size: [{ numeric: ['>', 1] }] } } }],
    ['cidr', { detail: { ip: [{ cidr: '10.0.0.0/24' }] } }],
    ['$or', { $or: [{ source: ['a'] }] }],
    ['an empty list', { source: [] }],
    ['a bare value', { source: 'aws.s3' }],
  ])('refuse %s', (_what, pattern) => {
    expect(() => parseEventPattern(pattern)).toThrow();
  });
});
