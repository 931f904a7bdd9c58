/** How long a claim holds unless it is renewed, in seconds. */
export const leaseSeconds = { least: 1, usual: 120, most: 3_600 } as const;
