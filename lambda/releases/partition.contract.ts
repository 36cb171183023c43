/** Partition of the register in which releases stand, for policies that let a role to it alone. */
export const RELEASES_PARTITION = 'RELEASES';
