/**
 * The five ethnic groups of Census 2021 by the ethnic categories of the NHS. Chinese (R) stands under Asian, as in the
 * census of 2021; the NHS's list of 2001 has it under Other.
 */
export const categoriesOfGroup = {
  Asian: ['H', 'J', 'K', 'L', 'R'],
  Black: ['M', 'N', 'P'],
  Mixed: ['D', 'E', 'F', 'G'],
  White: ['A', 'B', 'C'],
  Other: ['S'],
} as const;

/**
 * Ethnic groups of Census 2021 (table TS021) by the NHS categories that hold them. White has no category for Gypsy or Irish
 * Traveller and Roma, who stand with any other White background, and Arab stands with any other group.
 */
export const censusGroupsOfCategory = {
  A: ['White: English, Welsh, Scottish, Northern Irish or British'],
  B: ['White: Irish'],
  C: ['White: Other White', 'White: Gypsy or Irish Traveller', 'White: Roma'],
  D: ['Mixed or Multiple ethnic groups: White and Black Caribbean'],
  E: ['Mixed or Multiple ethnic groups: White and Black African'],
  F: ['Mixed or Multiple ethnic groups: White and Asian'],
  G: ['Mixed or Multiple ethnic groups: Other Mixed or Multiple ethnic groups'],
  H: ['Asian, Asian British or Asian Welsh: Indian'],
  J: ['Asian, Asian British or Asian Welsh: Pakistani'],
  K: ['Asian, Asian British or Asian Welsh: Bangladeshi'],
  L: ['Asian, Asian British or Asian Welsh: Other Asian'],
  M: ['Black, Black British, Black Welsh, Caribbean or African: Caribbean'],
  N: ['Black, Black British, Black Welsh, Caribbean or African: African'],
  P: ['Black, Black British, Black Welsh, Caribbean or African: Other Black'],
  R: ['Asian, Asian British or Asian Welsh: Chinese'],
  S: ['Other ethnic group: Arab', 'Other ethnic group: Any other ethnic group'],
} as const;
