import type { Landscape } from '../landscape';
import { generatedUid } from '../readers';
import type { Reader } from '../rules/reader-rules';

/** A study's UID in the own collection's development split that no grant lists. */
export function ownStudy(landscape: Landscape, arc: number): string {
  return generatedUid(landscape, arc, 1, 'a study');
}

export function heldOutStudy(landscape: Landscape, arc: number): string {
  return generatedUid(landscape, arc, 2, 'a study');
}

/**
 * UIDs that a request may name: studies within and beside what a reader may see, and texts that a pattern, a prefix or a
 * careless comparison would take for one of them.
 */
export function studyUids(landscape: Landscape, { place: { arc }, studies }: Reader): readonly string[] {
  const { uidRoot: root } = landscape;
  const otherArcs = [
    ...new Set([...landscape.arcs, arc * 10, arc * 10 + 1, Number(`${arc}${arc}`), arc + 1]),
  ];
  const shorter = Number(String(arc).slice(0, -1));
  const own = ownStudy(landscape, arc);
  const listed = studies ?? [];
  return [
    ...new Set([
      own,
      `${root}.${arc}.1.5`,
      ...[listed.at(0), listed.at(-1)].filter((uid) => uid !== undefined),
      // a listed study and one digit more, or less
      ...listed.slice(0, 1).flatMap((uid) => [`${uid}0`, uid.slice(0, -1)]),
      heldOutStudy(landscape, arc),
      `${root}.${arc}.2.5`,
      `${root}.${arc}.2.1.5`,
      ...otherArcs
        .filter((other) => other !== arc)
        .flatMap((other) => [ownStudy(landscape, other), heldOutStudy(landscape, other)]),
      ...(shorter > 0 ? [ownStudy(landscape, shorter)] : []),
      // the prefix with and without its last point, longer splits, a split that is missing or not there
      `${root}.${arc}.1.`,
      `${root}.${arc}.1`,
      `${root}.${arc}.`,
      `${root}.${arc}`,
      `${root}.${arc}.10.5`,
      `${root}.${arc}.11.1.5`,
      `${root}.${arc}.12.5`,
      `${root}.${arc}.3.5`,
      `${root}.${arc}..1.5`,
      `${root}.${arc}.5`,
      `${root}.${arc}.01.5`,
      `${root}.0${arc}.1.5`,
      // another root
      `1.2.826.0.${arc}.1.5`,
      `${root}0.${arc}.1.5`,
      `${root}.${root}.${arc}.1.5`,
      `${root.slice(0, -1)}.${arc}.1.5`,
      `1.${root}.${arc}.1.5`,
      `${arc}.1.5`,
      // wildcards are characters like any other in a request
      '*',
      '?',
      '1.2.*',
      `${root}.*`,
      `${root}.?.1.5`,
      `${root}.*.1.5`,
      `${root}.${arc}.?.5`,
      `${root}.${arc}.*`,
      `${root}.${arc}.1.*`,
      // what is no UID
      '',
      ' ',
      ` ${root}.${arc}.1.5`,
      `${heldOutStudy(landscape, arc)},${own}`,
      `\${aws:PrincipalTag/ProjectId}`,
    ]),
  ];
}
