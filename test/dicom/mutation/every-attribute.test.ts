import type { DataElement } from '../../../dicom/data-set/data-element';
import { makeElement } from '../../../dicom/data-set/make-element';
import { groupOf, type Tag, tags } from '../../../dicom/data-set/tag';
import { dictionaryRows } from '../../../dicom/dictionary/data-dictionary';
import { basicPolicy, type Policy } from '../../../dicom/policy/policy';
import type { Rule } from '../../../dicom/policy/rule';
import { runEngine, testContext } from '../samples/engine';
import { holds } from '../samples/find-bytes';
import { ctElements, item, makeInstance, sequence, syntaxes, text } from '../samples/make-instance';

/** A word that is no term of anything. */
const planted = 'QMUTZVK';
const { encoding } = syntaxes.explicit;

/** Rules under which words that are no terms may not pass. The others are of numbers, dates and the engine's own. */
const protecting = new Set<Rule>([
  'remove',
  'empty',
  'dummy',
  'clean',
  'clean-device',
  'sequence',
  'patient-name',
  'patient-id',
  'accession-number',
  'image-type',
  'character-set',
]);

const textVrs = new Set(['AE', 'LO', 'LT', 'OB', 'OW', 'PN', 'SH', 'ST', 'UC', 'UN', 'UR', 'UT']);

/** Attributes that decide whether a file is taken, or that the engine writes whatever the rule says. */
const decisive = new Set<Tag>([tags.patientName, tags.patientId, tags.encapsulatedDocument]);

/** The policy with the rules of some attributes switched off: they are kept as they stand. */
function without(isOff: (tag: Tag) => boolean): Policy {
  const policy = basicPolicy();
  return { ...policy, rule: (tag) => (isOff(tag) ? 'keep-binary' : policy.rule(tag)) };
}

interface PlantedAttribute {
  readonly tag: Tag;
  readonly keyword: string;
  readonly element: DataElement;
}

/** Every attribute that can hold words and that a rule protects, with the word planted. */
function plantedAttributes(): PlantedAttribute[] {
  const found: PlantedAttribute[] = [];
  for (const [tag, { vr, keyword }] of dictionaryRows()) {
    const group = groupOf(tag);
    if (group < 0x0008 || group >= 0x7fe0 || (tag & 0xffff) === 0 || decisive.has(tag)) continue;
    if (!protecting.has(basicPolicy().rule(tag))) continue;
    // Bytes that are all of words are refused as such, whatever the rule.
    const value = Buffer.from(vr.startsWith('O') ? `${planted}\u0001` : planted);
    if (textVrs.has(vr)) found.push({ tag, keyword, element: makeElement(tag, vr, value) });
  }
  return found;
}

/** Whether the word is in what the engine wrote, or the proof found it there. */
async function isFound(elements: readonly DataElement[], policy: Policy): Promise<boolean> {
  const file = makeInstance({ syntax: 'explicit', elements: ctElements(encoding, elements) });
  const { outcome, output } = await runEngine(file, await testContext({ policy }));
  if (outcome.outcome === 'quarantined' && outcome.code !== 'PROOF_FAILED') throw new Error(outcome.code);
  return holds(output, planted);
}

describe('a rule that is switched off is missed', () => {
  it('whichever attribute that can hold words it is of', async () => {
    const attributes = plantedAttributes();
    expect(attributes.length).toBeGreaterThan(800);
    const unnoticed: string[] = [];
    for (const { tag, keyword, element } of attributes) {
      if (
        !(await isFound(
          [element],
          without((other) => other === tag),
        ))
      )
        unnoticed.push(keyword);
    }
    expect(unnoticed).toEqual([]);
  }, 120_000);

  it('and so is none that is on: the same words do not survive the policy as it is', async () => {
    const survived: string[] = [];
    for (const { keyword, element } of plantedAttributes()) {
      if (await isFound([element], basicPolicy())) survived.push(keyword);
    }
    expect(survived).toEqual([]);
  }, 120_000);

  it('of what stands behind the pixels', async () => {
    const file = makeInstance({
      syntax: 'explicit',
      elements: ctElements(encoding),
      trailer: [makeElement(0xfffcfffc, 'OB', Buffer.from(`${planted}\u0001`))],
    });
    const survives = async (policy: Policy): Promise<boolean> =>
      holds((await runEngine(file, await testContext({ policy }))).output, planted);
    expect(await survives(basicPolicy())).toBe(false);
    expect(await survives(without((tag) => tag === 0xfffcfffc))).toBe(true);
  });

  it('whichever sequence it is of: what stands in it comes out', async () => {
    const unnoticed: string[] = [];
    const removedSequences = [...dictionaryRows()].filter(
      ([tag, { vr }]) => vr === 'SQ' && groupOf(tag) >= 0x0008 && basicPolicy().rule(tag) === 'remove',
    );
    for (const [tag, { keyword }] of removedSequences) {
      const policy = basicPolicy();
      const off: Policy = {
        ...policy,
        rule: (other) =>
          other === tag ? 'sequence' : other === 0x00081030 ? 'keep-binary' : policy.rule(other),
      };
      const element = sequence(tag, [item(text(0x00081030, 'LO', planted))]);
      const [on, missing] = [await isFound([element], policy), await isFound([element], off)];
      if (on || !missing) unnoticed.push(keyword);
    }
    expect(unnoticed).toEqual([]);
  }, 120_000);
});
