import { allOf, type Finding, isObject, type JsonObject, typesOf } from './finding';

/** Section Data Use Conditions of Croissant 1.1: DUO terms, and ODRL offers (ODRL Information Model 2.2). */

const duoReference = /^duo:\d{7}$/;

function termFindings(term: JsonObject, path: string): Finding[] {
  const code = /^DUO_(\d{7})$/.exec(String(term.termCode))?.[1];
  const rule = 'Using DUO to Represent Data Use Conditions';
  if (code === undefined) return [{ rule, path: `${path}/termCode`, message: 'DUO_ and seven digits' }];
  return [
    ...(term.url === `duo:${code}` ? [] : [{ rule, path: `${path}/url`, message: 'the term of the code' }]),
    ...(typeof term.name === 'string' && term.name !== ''
      ? []
      : [{ rule, path: `${path}/name`, message: 'a name' }]),
  ];
}

const identifiers = (value: unknown): string[] =>
  allOf(value).flatMap((each) => (isObject(each) && typeof each['@id'] === 'string' ? [each['@id']] : []));

function ruleFindings(given: unknown, type: string, path: string): Finding[] {
  const rule = 'Fine-Grained Control with ODRL';
  return allOf(given).flatMap((each): Finding[] => {
    if (!isObject(each) || !typesOf(each).includes(type)) return [{ rule, path, message: type }];
    const actions = identifiers(each['odrl:action']);
    const constraints = allOf(each['odrl:constraint']);
    return [
      ...(actions.length > 0 && actions.every((id) => duoReference.test(id) || id.startsWith('odrl:'))
        ? []
        : [{ rule, path: `${path}/odrl:action`, message: 'an action' }]),
      ...constraints.flatMap((constraint, index) => {
        const operands = ['odrl:leftOperand', 'odrl:operator', 'odrl:rightOperand'];
        const whole =
          isObject(constraint) &&
          typesOf(constraint).includes('odrl:Constraint') &&
          operands.every((operand) => identifiers(constraint[operand]).length === 1);
        return whole
          ? []
          : [
              {
                rule,
                path: `${path}/odrl:constraint/${index}`,
                message: 'left operand, operator, right operand',
              },
            ];
      }),
    ];
  });
}

/** What the conditions of use break of the specification. */
export function usageFindings(document: JsonObject): Finding[] {
  const all = allOf(document.usageInfo);
  const kinds = { terms: 0, offers: 0 };
  const found = all.flatMap((each, index): Finding[] => {
    const path = `/usageInfo/${index}`;
    if (isObject(each) && typesOf(each).includes('sc:DefinedTerm')) {
      kinds.terms++;
      return termFindings(each, path);
    }
    if (isObject(each) && typesOf(each).includes('odrl:Offer')) {
      kinds.offers++;
      return [
        ...(each['odrl:permission'] === undefined
          ? [{ rule: 'Fine-Grained Control with ODRL', path, message: 'a permission' }]
          : []),
        ...ruleFindings(each['odrl:permission'], 'odrl:Permission', `${path}/odrl:permission`),
        ...ruleFindings(each['odrl:prohibition'], 'odrl:Prohibition', `${path}/odrl:prohibition`),
      ];
    }
    return [{ rule: 'Data Use Conditions', path, message: 'a DUO term or an ODRL offer' }];
  });
  const rule = 'Data Use Conditions';
  return [
    ...found,
    ...(kinds.terms > 0 ? [] : [{ rule, path: '/usageInfo', message: 'a DUO term' }]),
    ...(kinds.offers > 0 ? [] : [{ rule, path: '/usageInfo', message: 'an ODRL offer' }]),
  ];
}
