import { wordsOf } from '../identifiers/normalise-text';
import { isClinicalTerm } from './terms';

/** Unit atoms of the Unified Code for Units of Measure that images, doses and measurements are given in. */
const atoms = new Set(
  (
    "m g s l L A K cd mol rad sr Hz N Pa J W V C F Ohm S Wb T H lm lx Bq Gy Sv kat u eV bar h min d wk mo a Cel deg ' '' % " +
    'bit By Bd ar pc erg dyn G R Ci REM RAD REM cal B Np t gon mho P St Mx Gb ph osm eq U AU Torr atm'
  ).split(' '),
);
/** Units in brackets are words: only those that exist. */
const bracketed = new Set(
  (
    "[hnsf'U] [arb'U] [iU] [IU] [pH] [ppm] [ppb] [ppth] [degF] [in_i] [ft_i] [lb_av] [oz_av] [diop] [p'diop] [mu_0] [c] [e] " +
    "[k] [g] [psi] [USP'U] [CFU] [drp] [MET] [HPF] [LPF] [sft_i] [sin_i] [cin_i] [mi_i] [yd_i] [gal_us] [pt_us] [foz_us] " +
    "m[Hg] m[H2O] [in_i'Hg] [in_i'H2O] [lbf_av] [Btu] [Cal] [dye'U] [knt_i] [lm] [car_m]"
  ).split(' '),
);
const prefix = /^(?:Y|Z|E|P|T|G|M|k|h|da|d|c|m|u|n|p|f|a|z|y)/;
/** Words of annotations, which may say anything, that are no clinical terms. */
const annotationWords = new Set(
  (
    'arbitrary beats bw bsa cells cnts counts events frames ibw images index lbm lines mod no none number pixels propcnts ' +
    'propcounts ratio score slices suv suvbsa suvbw suvibw suvlbm units vel voxels'
  ).split(' '),
);

/** A factor, and an exponent behind a unit. */
const factor = /^(?:10[*^][+-]?\d{1,2}|\d{1,3}$|\d{1,3}(?=[^\d]))/;
const exponent = /(?<=[^\d])[+-]?\d{1,2}$/;

const isAtom = (unit: string): boolean => {
  if (atoms.has(unit) || bracketed.has(unit)) return true;
  const start = prefix.exec(unit)?.[0];
  const rest = unit.slice(start?.length ?? 0);
  if (start !== undefined && (atoms.has(rest) || bracketed.has(rest))) return true;
  // `da` is a prefix, and so is its first letter.
  return unit.startsWith('d') && atoms.has(unit.slice(1));
};

function isComponent(component: string): boolean {
  const unit = component.replace(factor, '').replace(exponent, '');
  return unit === '' || isAtom(unit);
}

const isAnnotation = (text: string): boolean =>
  wordsOf(text).every((word) => annotationWords.has(word) || isClinicalTerm(word));

/** Whether a code is a unit of UCUM: known atoms, and annotations in braces of known words. */
export function isUcumUnit(code: string): boolean {
  if (code === '' || code.length > 32) return false;
  const annotations = [...code.matchAll(/\{([^{}]*)\}/g)].map(([, text]) => text ?? '');
  if (!annotations.every(isAnnotation)) return false;
  const bare = code.replace(/\{[^{}]*\}/g, '');
  return !/[{}]/.test(bare) && bare.split(/[./()]/).every(isComponent);
}
