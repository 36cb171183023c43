import { escapeEntities } from '../../../statistics/html-entities';
import { element } from './markup';

/** Colours that people with any colour vision tell apart on white (Okabe and Ito 2008, yellow left out). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'] as const;
const dashes = ['', '8 4', '2 3', '10 3 2 3', '16 4', '5 2', '10 3 2 3 2 3', '3 8'] as const;

/**
 * Line of a series: with each one another colour and other dashes, so that eight differ in print without colours, and 56 in all
 * (seven and eight have no common divisor).
 */
export const seriesStyle = (index: number) => ({
  stroke: colours[index % colours.length] as string,
  'stroke-dasharray': dashes[index % dashes.length] as string,
});

export interface Plot {
  /** Unique in the page: ids of title and description are made of it. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly content: readonly string[];
}

export function svg({ id, title, description, width, height, content }: Plot): string {
  return element(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': `${id}-title ${id}-description`,
    },
    element('title', { id: `${id}-title` }, escapeEntities(title)),
    element('desc', { id: `${id}-description` }, escapeEntities(description)),
    ...content,
  );
}

/** Where the square of a plot of two shares stands in its picture. */
const square = { left: 56, top: 12, size: 300 } as const;
export const squareWidth = 372;
export const squareHeight = 362;

export const squareX = (share: number): number => square.left + share * square.size;
export const squareY = (share: number): number => square.top + (1 - share) * square.size;

export const text = (
  x: number,
  y: number,
  content: string,
  more: Readonly<Record<string, string | number>> = {},
) => element('text', { x: round(x), y: round(y), ...more }, escapeEntities(content));

export const line = (x1: number, y1: number, x2: number, y2: number, kind: string) =>
  element('line', { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2), class: kind });

export const round = (value: number): number => Math.round(value * 10) / 10;

/** Points of a polyline in the square. */
export const squarePoints = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y]) => `${round(squareX(x))},${round(squareY(y))}`).join(' ');

/** Grid, diagonal and axes from 0 to 1 with their names. */
export function squareAxes(xName: string, yName: string): string[] {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const middle = square.left + square.size / 2;
  return [
    ...ticks.map((tick) => line(squareX(tick), squareY(0), squareX(tick), squareY(1), 'grid')),
    ...ticks.map((tick) => line(squareX(0), squareY(tick), squareX(1), squareY(tick), 'grid')),
    line(squareX(0), squareY(0), squareX(1), squareY(1), 'diagonal'),
    ...ticks.map((tick) => text(squareX(tick), squareY(0) + 18, String(tick), { 'text-anchor': 'middle' })),
    ...ticks.map((tick) => text(squareX(0) - 8, squareY(tick) + 4, String(tick), { 'text-anchor': 'end' })),
    text(middle, squareY(0) + 40, xName, { 'text-anchor': 'middle' }),
    text(0, 0, yName, {
      'text-anchor': 'middle',
      transform: `translate(14 ${square.top + square.size / 2}) rotate(-90)`,
    }),
  ];
}

/** Which line is which group, beside a plot: the same words as in its table. */
export function legend(names: readonly string[]): string {
  const items = names.map((name, index) =>
    element(
      'li',
      {},
      element(
        'svg',
        { width: 34, height: 12, 'aria-hidden': 'true' },
        element('line', { x1: 2, y1: 6, x2: 32, y2: 6, 'stroke-width': 3, ...seriesStyle(index) }),
      ),
      escapeEntities(name),
    ),
  );
  return element('ul', { class: 'legend' }, ...items);
}
