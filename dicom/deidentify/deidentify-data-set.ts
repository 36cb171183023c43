import { decodeText } from '../character-sets/decode-text';
import {
  defaultRepertoire,
  parseSpecificCharacterSet,
  type SpecificCharacterSet,
} from '../character-sets/specific-character-set';
import {
  asciiOf,
  type DataElement,
  type DataSet,
  type Encoding,
  find,
  trimPadding,
  valueBytes,
} from '../data-set/data-element';
import { makeElement, makeEmpty, makeSequence, makeText } from '../data-set/make-element';
import { isPrivate, isPrivateCreator, type Tag, tagOf, tags } from '../data-set/tag';
import { lookUp } from '../dictionary/data-dictionary';
import type { AttributeType, InformationObject } from '../dictionary/information-objects';
import { isCharacterSetVr, isKnownVr } from '../dictionary/value-representation';
import type { IdentifyingValues } from '../identifiers/identifying-values';
import { strictestTypeAnywhere } from '../policy/attribute-types';
import { bodyParts } from '../policy/body-parts';
import { isKnownCode, isKnownScheme, removedCode } from '../policy/coded-values';
import { profileRow } from '../policy/confidentiality-profile';
import type { Policy } from '../policy/policy';
import type { Rule } from '../policy/rule';
import { safePrivateVr } from '../policy/safe-private';
import { isClinicalTerm, isDeviceTerm } from '../policy/terms';
import {
  isCodeString,
  isDecimalString,
  isIntegerString,
  isOrientation,
  isRegisteredUid,
  isTime,
  isUid,
} from '../policy/value-checks';
import type { WarningCode } from '../validate/warning-codes';
import { cleanIccProfile } from './clean-icc-profile';
import { cleanText } from './clean-text';
import { makeDummy, removedCodeItem } from './dummy-value';
import type { UidMapper } from './pseudonyms';
import { capAge, shiftDate, shiftDateTime } from './shift-dates';
import { withoutSubjectAge } from './subject-age';
import { binaryNumbers, holdsNumbers, isOfOtherNature, vrToJudgeBy } from './value-nature';

/** What the rules need to know of the patient and the policy. */
export interface DataSetContext {
  readonly policy: Policy;
  readonly encoding: Encoding;
  /** What the instance is; undefined where the tables do not know it. */
  readonly object: InformationObject | undefined;
  readonly identifying: IdentifyingValues;
  readonly uids: UidMapper;
  readonly shiftDays: number;
  readonly patientPseudonym: string;
  readonly accession: (source: string) => string;
}

/** UIDs of the instance, its series and study are always mapped, whatever they look like. */
const instanceUids = new Set<Tag>([tags.sopInstanceUid, tags.studyInstanceUid, tags.seriesInstanceUid]);

/** Private integers of this size are as likely a time in seconds since 1970 as anything else. */
const largestPrivateInteger = 100_000_000;

/**
 * De-identifies a data set under a policy, all levels alike. The result has new elements where something changed and
 * the source's own where nothing did; elements stay in the order of their tags.
 */
export class DataSetDeidentifier {
  /** What was done that a sender may want to know. */
  readonly warnings = new Set<WarningCode>();

  constructor(private readonly context: DataSetContext) {}

  deidentify(
    dataSet: DataSet,
    sequence: Tag | null = null,
    inherited: SpecificCharacterSet = defaultRepertoire,
  ): DataSet {
    const own = find(dataSet, tags.specificCharacterSet);
    const characterSet =
      own === undefined ? inherited : parseSpecificCharacterSet(asciiOf(dataSet, tags.specificCharacterSet));
    if (sequence !== null && isCodeItem(dataSet)) return this.#codeItem(dataSet, characterSet);
    const kept: DataElement[] = [];
    for (const element of dataSet.elements) {
      if (isPrivate(element.tag)) continue;
      const result = this.#public(element, sequence, characterSet);
      if (result !== null) kept.push(result);
    }
    const result = sequence === null ? { elements: kept } : withoutSubjectAge({ elements: kept });
    const privates = this.#privateBlocks(dataSet, characterSet);
    if (privates.length === 0) return result;
    return { elements: [...result.elements, ...privates].sort((left, right) => left.tag - right.tag) };
  }

  /**
   * The Type that the instance's own information object gives an attribute. Where not all of its modules are known, an
   * attribute that none of the known ones names has the strictest Type that it has anywhere.
   */
  #typeOf(sequence: Tag | null, tag: Tag): AttributeType | undefined {
    const { object } = this.context;
    const own = object?.type(sequence, tag);
    return own !== undefined || object?.complete === true ? own : strictestTypeAnywhere(sequence, tag);
  }

  /** Free text that neither the instance's information object nor Table E.1-1 names has no business in it. */
  #isForeignText(sequence: Tag | null, tag: Tag, rule: Rule): boolean {
    const { object } = this.context;
    if (rule !== 'clean' || sequence !== null || object?.complete !== true) return false;
    return object.type(null, tag) === undefined && profileRow(tag) === undefined;
  }

  /** What an attribute becomes that may not stay: gone, empty or a dummy, as its Type asks. */
  #drop(
    element: DataElement,
    sequence: Tag | null,
    characterSet: SpecificCharacterSet,
    least: 'remove' | 'empty' | 'dummy',
  ): DataElement | null {
    const type = this.#typeOf(sequence, element.tag);
    const isUnknown = element.vr === 'UN' || !isKnownVr(element.vr);
    const vr = isUnknown ? (lookUp(element.tag)?.vr ?? 'UN') : element.vr;
    if (vr.length !== 2) return null;
    const hadValue = element.items === null ? element.length + element.skipped > 0 : element.items.length > 0;
    const needsValue = type === '1' || type === '1C' || least === 'dummy';
    if (!hadValue || !needsValue) {
      return type !== undefined && type !== '3'
        ? makeEmpty(element.tag, vr)
        : this.#leave(element, vr, least);
    }
    if (vr === 'UI') return makeText(element.tag, 'UI', this.context.uids.placeholder());
    if (vr === 'SQ' && !isCodeSequence(element.tag)) {
      return makeSequence(
        element.tag,
        (element.items ?? []).map((item) => this.deidentify(item, element.tag, characterSet)),
      );
    }
    return makeDummy(element.tag, vr);
  }

  #leave(element: DataElement, vr: string, least: 'remove' | 'empty' | 'dummy'): DataElement | null {
    return least === 'remove' ? null : makeEmpty(element.tag, vr);
  }

  #public(
    element: DataElement,
    sequence: Tag | null,
    characterSet: SpecificCharacterSet,
  ): DataElement | null {
    const rule = this.context.policy.rule(element.tag);
    if (rule === 'engine') return null;
    // A value that came in a UN element of a big endian data set stands in little endian: it cannot be passed on. Nor
    // can one of a VR that nobody knows: what it is, and in which byte order, is not to be told.
    const misplaced = (element.unknownVr && !this.context.encoding.littleEndian) || !isKnownVr(element.vr);
    if (misplaced) this.warnings.add('UNKNOWN_VR_REMOVED');
    if (element.skipped > 0) this.warnings.add('LARGE_VALUE_REMOVED');
    if (element.skipped > 0 || element.encapsulated || misplaced)
      return this.#drop(element, sequence, characterSet, 'remove');
    if (element.items !== null) return this.#sequence(element, rule, sequence, characterSet);
    if (rule === 'sequence') return element.length === 0 ? makeEmpty(element.tag, 'SQ') : null;
    if (element.length === 0 && rule !== 'patient-name' && rule !== 'patient-id') {
      return rule === 'remove' ? this.#drop(element, sequence, characterSet, 'remove') : element;
    }
    if (this.#isForeignText(sequence, element.tag, rule)) {
      return this.#drop(element, sequence, characterSet, 'remove');
    }
    const kept = this.#value(element, rule, characterSet);
    if (kept !== null) return kept;
    if (rule === 'empty' || rule === 'dummy') return this.#drop(element, sequence, characterSet, rule);
    if (rule === 'keep' || rule === 'shift-date' || rule === 'map-uid')
      this.warnings.add('INVALID_VALUE_REMOVED');
    // In a functional group, whose Types no table gives, a code is rather replaced than missed.
    const isMissed =
      sequence !== null && element.vr === 'CS' && this.#typeOf(sequence, element.tag) === undefined;
    return this.#drop(element, sequence, characterSet, rule === 'keep' && isMissed ? 'dummy' : 'remove');
  }

  #sequence(
    element: DataElement,
    rule: Rule,
    sequence: Tag | null,
    characterSet: SpecificCharacterSet,
  ): DataElement | null {
    const items = element.items ?? [];
    if (rule !== 'sequence') {
      const least = rule === 'empty' || rule === 'dummy' ? rule : 'remove';
      return this.#drop(element, sequence, characterSet, least);
    }
    const cleaned = items.map((item) => this.deidentify(item, element.tag, characterSet));
    return makeSequence(element.tag, cleaned);
  }

  /** The value that an element keeps under a rule; null where it keeps none. */
  #value(element: DataElement, rule: Rule, characterSet: SpecificCharacterSet): DataElement | null {
    const { tag } = element;
    switch (rule) {
      case 'keep':
        return this.#checked(element) ? element : null;
      case 'keep-binary':
        return isOfOtherNature(element) || !holdsNumbers(element) ? null : element;
      case 'keep-class-uid':
        return this.#classUid(element);
      case 'map-uid':
        return this.#mappedUid(element);
      case 'shift-date':
        return this.#shifted(element);
      case 'cap-age':
        return this.#each(element, capAge);
      case 'clean':
        return this.#cleaned(element, characterSet, isClinicalTerm);
      case 'clean-device':
        return this.#cleaned(element, characterSet, isDeviceTerm);
      case 'clean-icc-profile':
        return makeCleanProfile(element);
      case 'image-type':
        return this.#imageType(element);
      case 'character-set':
        return this.#characterSet(element);
      case 'timezone':
        return this.#each(element, (value) => (/^[+-](?:0\d|1[0-4])[0-5]\d$/.test(value) ? value : null));
      case 'patient-name':
        return makeText(tag, 'PN', this.context.patientPseudonym);
      case 'patient-id':
        return makeText(tag, 'LO', this.context.patientPseudonym);
      case 'accession-number':
        return this.#each(element, (value) => (value === '' ? '' : this.context.accession(value)));
      default:
        return null;
    }
  }

  /** Applies a function to every value of a text of the default repertoire; null where it gives null for one. */
  #each(element: DataElement, change: (value: string) => string | null): DataElement | null {
    const values: string[] = [];
    for (const value of valueBytes(element).toString('latin1').split('\\')) {
      const changed = change(trimPadding(value));
      if (changed === null) return null;
      values.push(changed);
    }
    return makeText(element.tag, element.vr, values.join('\\'));
  }

  /**
   * Whether a value may be kept as it stands. It is judged as what the attribute is by the standard: the VR that a file
   * states proves nothing, or any text could pass as that of an attribute of numbers.
   */
  #checked(element: DataElement): boolean {
    const { identifying } = this.context;
    const vr = vrToJudgeBy(element);
    if (vr === null) return false;
    if (vr !== 'CS' && vr !== 'DS' && vr !== 'IS') {
      return (
        holdsNumbers(element) &&
        !binaryNumbers({ ...element, vr }, this.context.encoding).some((number) =>
          identifying.isKnownNumber(number),
        )
      );
    }
    const values = valueBytes(element).toString('latin1').split('\\').map(trimPadding);
    if (element.tag === tags.patientOrientation) return values.every(isOrientation);
    if (vr === 'CS') {
      // a term of the standard, whose parts are mostly no words: CHESTABDPELVIS
      const isPart = (value: string) => element.tag === tags.bodyPartExamined && bodyParts.has(value);
      return values.every((value) => (isPart(value) || isCodeString(value)) && !identifying.holdsText(value));
    }
    const isNumber = vr === 'DS' ? isDecimalString : isIntegerString;
    return values.every((value) => value === '' || (isNumber(value) && !identifying.isKnownNumber(value)));
  }

  #classUid(element: DataElement): DataElement | null {
    return this.#each(element, (value) =>
      value === '' || isRegisteredUid(value) ? value : this.context.uids.map(value),
    );
  }

  #mappedUid(element: DataElement): DataElement | null {
    const always = instanceUids.has(element.tag);
    return this.#each(element, (value) => {
      if (value === '' || (!always && isRegisteredUid(value))) return value;
      if (isUid(value)) this.context.identifying.addUid(value);
      return this.context.uids.map(value);
    });
  }

  #shifted(element: DataElement): DataElement | null {
    const { shiftDays } = this.context;
    const { vr } = element;
    if (vr === 'TM') return this.#each(element, (value) => (value === '' || isTime(value) ? value : null));
    const shift = vr === 'DA' ? shiftDate : vr === 'DT' ? shiftDateTime : null;
    if (shift === null) return null;
    return this.#each(element, (value) => (value === '' ? '' : shift(value, shiftDays)));
  }

  #cleaned(
    element: DataElement,
    characterSet: SpecificCharacterSet,
    isTerm: (word: string) => boolean,
  ): DataElement | null {
    const { identifying } = this.context;
    const { vr, tag } = element;
    const text = decodeText(valueBytes(element), isCharacterSetVr(vr) ? characterSet : defaultRepertoire);
    const hasValues = vr === 'LO' || vr === 'SH' || vr === 'UC';
    const values = hasValues ? text.split('\\') : [text];
    const cleaned = values.map((value) => cleanText(trimPadding(value), identifying, isTerm));
    while (cleaned.length > 0 && cleaned.at(-1) === '') cleaned.pop();
    return cleaned.length === 0 ? null : makeText(tag, vr, cleaned.join('\\'));
  }

  /** Values 1 and 2 are enumerated (PS3.3 section C.7.6.1.1.2); later ones are vendors' own and keep their place. */
  #imageType(element: DataElement): DataElement {
    const { identifying } = this.context;
    const values = valueBytes(element).toString('latin1').split('\\').map(trimPadding);
    const kept = values.map((value) =>
      isCodeString(value) && !identifying.holdsText(value) ? value : 'OTHER',
    );
    return makeText(element.tag, 'CS', kept.join('\\'));
  }

  /** All kept text is ASCII, which every defined term extends; an unknown term is replaced. */
  #characterSet(element: DataElement): DataElement {
    const value = trimPadding(valueBytes(element).toString('latin1'));
    return parseSpecificCharacterSet(value).known && /^[A-Za-z0-9_ \\-]*$/.test(value)
      ? makeText(element.tag, 'CS', value)
      : makeText(element.tag, 'CS', 'ISO_IR 192');
  }

  /** An item of a code sequence: kept whole where its scheme is known, replaced where it is not. */
  #codeItem(item: DataSet, characterSet: SpecificCharacterSet): DataSet {
    const scheme = asciiOf(item, tags.codingSchemeDesignator);
    // An item may hold a short and a long code: what is not one of the scheme must not pass beside the other.
    const codes = [asciiOf(item, tags.codeValue), asciiOf(item, tags.longCodeValue)].filter(
      (code) => code !== '',
    );
    const isKept =
      codes.length > 0 &&
      isKnownScheme(scheme) &&
      codes.every(
        (code) => isKnownCode(scheme, code) && !this.context.identifying.holdsWord(code.toLowerCase()),
      );
    if (!isKept) {
      return removedCodeItem();
    }
    const kept: DataElement[] = [];
    for (const element of item.elements) {
      if (isPrivate(element.tag)) continue;
      const isCode =
        element.tag === tags.codeValue ||
        element.tag === tags.codingSchemeDesignator ||
        element.tag === tags.longCodeValue;
      if (isCode) {
        kept.push(makeText(element.tag, element.vr, trimPadding(valueBytes(element).toString('latin1'))));
        continue;
      }
      if (element.tag === tags.codeMeaning && element.items === null) {
        const meaning = this.#cleaned(element, characterSet, isClinicalTerm);
        kept.push(meaning ?? makeText(element.tag, 'LO', removedCode.meaning));
        continue;
      }
      const result = this.#public(element, tags.codeValue, characterSet);
      if (result !== null) kept.push(result);
    }
    return { elements: kept };
  }

  /** Private elements that the safe list names by creator and element, with their creators; all others go. */
  #privateBlocks(dataSet: DataSet, characterSet: SpecificCharacterSet): DataElement[] {
    if (!this.context.policy.options.safePrivate) return [];
    const kept: DataElement[] = [];
    const creators = new Map<number, DataElement>();
    for (const element of dataSet.elements) {
      if (!isPrivate(element.tag)) continue;
      if (isPrivateCreator(element.tag)) {
        creators.set(element.tag, element);
        continue;
      }
      const creator = creators.get(tagOf(element.tag >>> 16, (element.tag & 0xffff) >>> 8));
      if (creator === undefined || creator.items !== null) continue;
      const name = trimPadding(decodeText(valueBytes(creator), characterSet));
      const vr = safePrivateVr(element.tag, name);
      if (vr === undefined || !this.#isSafePrivate(element, vr)) continue;
      kept.push({ ...element, vr: this.context.encoding.explicit ? element.vr : vr });
      if (!kept.some((other) => other.tag === creator.tag)) kept.push(makeText(creator.tag, 'LO', name));
    }
    return kept;
  }

  #isSafePrivate(element: DataElement, vr: string): boolean {
    if (element.items !== null || element.skipped > 0 || element.encapsulated || element.length === 0)
      return false;
    if (this.context.encoding.explicit && element.vr !== vr) return false;
    const bytes = valueBytes(element);
    if (vr === 'SL' || vr === 'UL') {
      for (let at = 0; at + 4 <= bytes.length; at += 4) {
        const value = this.context.encoding.littleEndian ? bytes.readInt32LE(at) : bytes.readInt32BE(at);
        if (Math.abs(value) >= largestPrivateInteger) return false;
      }
      return true;
    }
    return this.#checked({ ...element, vr });
  }
}

const isCodeSequence = (tag: Tag): boolean => lookUp(tag)?.keyword.endsWith('CodeSequence') ?? false;

/** The Basic Coded Entry attributes of PS3.3 section 8.8 mark an item as a code. */
const isCodeItem = (item: DataSet): boolean =>
  find(item, tags.codeValue) !== undefined ||
  find(item, tags.longCodeValue) !== undefined ||
  find(item, tags.urnCodeValue) !== undefined ||
  (find(item, tags.codeMeaning) !== undefined && find(item, tags.codingSchemeDesignator) !== undefined);

function makeCleanProfile(element: DataElement): DataElement | null {
  const cleaned = cleanIccProfile(valueBytes(element));
  return cleaned === null ? null : makeElement(element.tag, element.vr, cleaned);
}
