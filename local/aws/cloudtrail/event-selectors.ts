import type { RecordedCall } from './trail-record';

/** A condition of an advanced event selector: all of a selector hold together. */
export interface FieldSelector {
  readonly field:
    | 'eventCategory'
    | 'eventSource'
    | 'eventName'
    | 'readOnly'
    | 'resources.type'
    | 'resources.ARN';
  readonly equals?: readonly string[] | undefined;
  readonly notEquals?: readonly string[] | undefined;
  readonly startsWith?: readonly string[] | undefined;
}

export type EventSelector = readonly FieldSelector[];

function fieldOf(call: RecordedCall, field: FieldSelector['field']): string {
  switch (field) {
    case 'eventCategory':
      return call.category;
    case 'eventSource':
      return call.eventSource;
    case 'eventName':
      return call.eventName;
    case 'readOnly':
      return String(call.readOnly);
    case 'resources.type':
      return call.resource?.type ?? '';
    case 'resources.ARN':
      return call.resource?.arn ?? '';
  }
}

function holds(call: RecordedCall, { field, equals, notEquals, startsWith }: FieldSelector): boolean {
  const value = fieldOf(call, field);
  return (
    (equals === undefined || equals.includes(value)) &&
    (notEquals === undefined || !notEquals.includes(value)) &&
    (startsWith === undefined || startsWith.some((beginning) => value.startsWith(beginning)))
  );
}

/** Whether one of a trail's selectors takes a call. */
export function isSelected(selectors: readonly EventSelector[], call: RecordedCall): boolean {
  return selectors.some((selector) => selector.every((field) => holds(call, field)));
}
