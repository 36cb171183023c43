/** How long researchers' sessions live, and how long after its decision a session may still be made. */

/** Shortest and longest session that STS makes when a role assumes a role. */
export const SHORTEST_SESSION_SECONDS = 900;
export const LONGEST_SESSION_SECONDS = 3_600;

/**
 * Longest time from the decision until STS is asked and has answered. It is kept free before a grant's end, so that a
 * session made a little later still ends in time; and a revocation reaches sessions made so long after it, since the issue
 * that they were made from may stand in the register before it.
 */
export const DELIVERY_SECONDS = 60;

/** An issue older than this is not delivered, and a repeated request no longer belongs to it. */
export const DELIVERY_WINDOW_SECONDS = DELIVERY_SECONDS / 2;
