import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import { shownValue } from './shown-values.contract';

/** `12,480` */
export const number = (value: number): string => value.toLocaleString('en-GB');

/** A count in a sentence or a table: `12,480`, or that it is withheld. */
export function countText(count: ShownCount): string {
  const value = shownValue(count);
  return value === null ? 'withheld' : number(value);
}

/** `12,480 people`, `fewer people than may be shown` */
export function countOf(count: ShownCount, noun: string): string {
  const value = shownValue(count);
  return value === null ? `fewer ${noun} than may be shown` : `${number(value)} ${noun}`;
}

/** A share from 0 to 1 as `12 %`; small ones with a decimal. */
export function percent(share: number | null): string {
  if (share === null) return 'not known';
  const value = share * 100;
  if (value > 0 && value < 0.1) return 'less than 0.1 %';
  return `${value < 10 && value > 0 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0)} %`;
}

/** `0.64` */
export const ratioText = (value: number): string => value.toFixed(2);

/** `a`, `a and b`, `a, b and c` */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Bytes in the decimal unit that leaves one to three digits: `612 MB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** The first letter as a capital one. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
