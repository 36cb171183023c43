/** What the public may read of the register: the one partition that the public register's function is let near. */
export const PUBLIC_PARTITION = 'PUBLIC';
