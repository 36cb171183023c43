import {
  collectionRoleTemplate,
  landingBucketTemplate,
} from '../../../lambda/platform/name-templates.contract';

describe('names that follow from a template', () => {
  it('a landing bucket from the ODS code, in small letters', () => {
    const bucketOf = landingBucketTemplate.parse('nmip-live-landing-{odsCode}-111122223333-eu-west-2');
    expect(bucketOf('RX1')).toBe('nmip-live-landing-rx1-111122223333-eu-west-2');
  });

  it('a role from the arc of a collection and the access mode', () => {
    const roleOf = collectionRoleTemplate.parse(
      'arn:aws:iam::111122223333:role/nmip/live/viewers/nmip-live-viewer-{arc}-{accessMode}',
    );
    expect(roleOf(7, 'dae-only')).toBe(
      'arn:aws:iam::111122223333:role/nmip/live/viewers/nmip-live-viewer-7-dae-only',
    );
  });

  it('a template that leaves a place out is refused: all trusts or collections would share one name', () => {
    expect(landingBucketTemplate.safeParse('nmip-live-landing').success).toBe(false);
    expect(collectionRoleTemplate.safeParse('nmip-live-viewer-{arc}').success).toBe(false);
  });
});
