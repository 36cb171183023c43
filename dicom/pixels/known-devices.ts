import { asciiOf, type DataSet } from '../data-set/data-element';
import { tags } from '../data-set/tag';
import tables from './known-devices.data.json';
import type { Rectangle } from './pixel-mask';

interface KnownDevice {
  readonly manufacturer: string;
  readonly model: string;
  readonly rows: number;
  readonly columns: number;
  readonly imageType: string | null;
  readonly text: readonly Rectangle[];
}

const devices: readonly KnownDevice[] = tables.rows.map((line) => {
  const [manufacturer = '', model = '', rows, columns, imageType = '-', rectangles = ''] = line.split('|');
  return {
    manufacturer,
    model,
    rows: Number(rows),
    columns: Number(columns),
    imageType: imageType === '-' ? null : imageType,
    text: rectangles.split(' ').map((rectangle) => {
      const [left = 0, top = 0, width = 0, height = 0] = rectangle.split(',').map(Number);
      return { left, top, right: left + width, bottom: top + height };
    }),
  };
});

/** Where a device is known to write text into images of a size, by Manufacturer, Model and Image Type; often nowhere. */
export function knownTextOf(dataSet: DataSet, rows: number, columns: number): readonly Rectangle[] {
  const manufacturer = asciiOf(dataSet, tags.manufacturer).toUpperCase();
  const model = asciiOf(dataSet, tags.manufacturerModelName).toUpperCase();
  const imageType = asciiOf(dataSet, tags.imageType).toUpperCase().split('\\');
  return devices
    .filter(
      (device) =>
        device.rows === rows &&
        device.columns === columns &&
        manufacturer.includes(device.manufacturer) &&
        model.includes(device.model) &&
        (device.imageType === null || imageType.some((value) => value.trim() === device.imageType)),
    )
    .flatMap(({ text }) => text);
}
