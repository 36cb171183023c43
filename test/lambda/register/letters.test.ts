import fc from 'fast-check';
import type { DecisionKind } from '../../../lambda/register/decision.contract';
import { decideApplication } from '../../../lambda/register/decisions';
import { escapeHtml, letterHtml, letterText } from '../../../lambda/register/letter-text';
import { showLetter } from '../../../lambda/register/letters';
import {
  applicant,
  approveOne,
  firstReviewer,
  makeRegister,
  onceOnly,
  refusalOf,
  requester,
  secondReviewer,
  submitOne,
} from './register-fixture';

const hostile = '<img src=x onerror=alert(1)> & "quoted" \u001b[31m\u202e';

async function decided(decision: DecisionKind, comment: string) {
  const fixture = await makeRegister();
  const { id } = await submitOne(fixture, { title: `Ribs ${hostile}` });
  for (const reviewer of decision === 'return' ? [firstReviewer] : [firstReviewer, secondReviewer])
    await decideApplication(
      fixture.committee,
      reviewer,
      id,
      {
        decision,
        comment,
        ...(decision === 'approve'
          ? { conditions: [{ code: 'other' as const, text: `Report ${hostile}` }] }
          : {}),
      },
      onceOnly(),
    );
  return { ...fixture, id };
}

describe('a letter', () => {
  test('tells that the application was received, and by when it is decided', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    const letter = await showLetter(fixture.committee, applicant, id, 'received');
    expect(letter).toMatchObject({ applicationId: id, date: '2026-11-02' });
    expect(letter.text).toContain('within 20 working days');
    expect(letter.text).toContain('"Rib fractures on chest X-ray"');
  });

  test('of an approval has its days, mode and every condition', async () => {
    const { committee, id } = await decided('approve', 'Sound.');
    const { text, html } = await showLetter(committee, applicant, id, 'decision');
    expect(text).toContain('Access from 2026-11-02 until 2027-10-31');
    expect(text).toContain('inside the Data Access Environment only');
    expect(text).toContain('Report <img');
    expect(html).toContain('Report &lt;img');
    expect(text).not.toContain('Sound.');
  });

  test('of a rejection has the reasons of both, and of a return the question; none names a reviewer', async () => {
    for (const [decision, kind] of [
      ['reject', 'decision'],
      ['return', 'returned'],
    ] as const) {
      const { committee, id } = await decided(decision, `Because ${hostile}`);
      const { text, html } = await showLetter(committee, applicant, id, kind);
      expect(text).toContain('> Because <img');
      expect(`${text}${html}`).not.toMatch(/reviewer-\d|Northfield|r-[0-9a-z]{26}/);
    }
  });

  test('lets no text of anybody act as markup or as a control sequence', async () => {
    for (const decision of ['approve', 'reject'] as const) {
      const { committee, id } = await decided(decision, hostile);
      const { text, html } = await showLetter(committee, applicant, id, 'decision');
      expect(html).not.toContain('<img');
      expect(`${text}${html}`.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    }
  });

  test('reminds of the last day while there is one', async () => {
    const fixture = await makeRegister();
    const { id } = await approveOne(fixture);
    fixture.clock.moveTo('2027-10-01T09:00:00Z');
    expect(await showLetter(fixture.committee, applicant, id, 'renewal')).toMatchObject({
      date: '2027-10-01',
      subject: 'Access of your project ends on 2027-10-31',
    });
    fixture.clock.moveTo('2027-11-01T09:00:00Z');
    expect(await refusalOf(showLetter(fixture.committee, applicant, id, 'renewal'))).toBe(
      'LETTER_NOT_AVAILABLE',
    );
  });

  test('that there is nothing to tell in is not written, nor for a stranger', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    const { committee } = fixture;
    for (const kind of ['returned', 'decision', 'renewal'] as const)
      expect(await refusalOf(showLetter(committee, applicant, id, kind))).toBe('LETTER_NOT_AVAILABLE');
    const stranger = requester('applicant-2', 'applicant');
    expect(await refusalOf(showLetter(committee, stranger, id, 'received'))).toBe('APPLICATION_NOT_FOUND');
  });
});

test('whatever is written, a letter has no tags but its own', () => {
  const own = /<\/?(?:html|head|meta|title|body|p|h1|ul|li|blockquote|br)\b[^<>]*>|<!doctype html>/g;
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a', '\n') }),
      (one, other) => {
        const parts = {
          subject: one,
          reference: other,
          date: '2026-11-02',
          body: [
            { kind: 'paragraph' as const, text: other },
            { kind: 'list' as const, items: [one, other] },
            { kind: 'quotation' as const, text: `${one}\n${other}` },
          ],
        };
        expect(letterHtml(parts).replaceAll(own, '')).not.toMatch(/[<>]/);
        expect(letterText(parts).replaceAll('\n', '')).not.toMatch(/\p{C}/u);
        expect(escapeHtml(other)).not.toMatch(/[<>"']/);
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});
