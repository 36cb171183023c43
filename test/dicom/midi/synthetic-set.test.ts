import { formatAnswerKey, parseAnswerKey } from './answer-key';
import { deidentifySet } from './run-set';
import { score, summarise } from './score';
import { ScoredFile } from './scored-file';
import { makeSyntheticSet } from './synthetic-set';

describe('the ten checks of MIDI-B on a synthetic set', () => {
  it('are made of at least 5,000 actions on 300 instances of 8 modalities, and all pass', async () => {
    const set = makeSyntheticSet('midi');
    expect(set.objects.length).toBeGreaterThanOrEqual(300);
    expect(new Set(set.objects.map(({ modality }) => modality)).size).toBeGreaterThanOrEqual(8);
    expect(set.key.length).toBeGreaterThanOrEqual(5000);
    const { instances, mappings, refused } = await deidentifySet(set);
    const report = summarise(score(set.key, instances, mappings));
    expect({ refused, failures: report.failures, dropped: report.dropped }).toEqual({
      refused: {},
      failures: {},
      dropped: 0,
    });
    expect(report.all.checks).toBe(set.key.length);
    expect([report.removal.percent, report.retention.percent]).toEqual([100, 100]);
  }, 60_000);

  it('fail where nothing was changed: all removals, and no retention but that of mapped identifiers', () => {
    const set = makeSyntheticSet('midi');
    const instances = set.objects.map((object) => ({ ...object, open: () => new ScoredFile(object.bytes) }));
    // Without its VR a private sequence is bytes to the scorer, and what stands in it is not found.
    const key = set.key.filter(({ tag }) => !/^<\(\d{4},"[^"]*",..\)>\[/.test(tag));
    const report = summarise(score(key, instances, { uids: new Map(), patientIds: new Map() }));
    expect(report.removal.passed).toBe(0);
    const failed = Object.keys(report.failures).map((place) => place.split(' ')[0]);
    expect(new Set(failed)).toEqual(
      new Set([
        'text_removed',
        'date_shifted',
        'uid_changed',
        'uid_consistent',
        'patid_consistent',
        'pixels_hidden',
      ]),
    );
  }, 60_000);

  it('have a key that is the same after it was written and read, and the same of the same seed', () => {
    const { key } = makeSyntheticSet('midi');
    expect(parseAnswerKey(formatAnswerKey(key))).toEqual(key);
    const again = makeSyntheticSet('midi');
    expect(again.key).toEqual(key);
    expect(makeSyntheticSet('other').key).not.toEqual(key);
  });
});
