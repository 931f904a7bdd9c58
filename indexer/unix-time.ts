/** @returns seconds since 1970 of a block's time, which is whole seconds. */
export const unixTime = (time: Date): bigint => BigInt(time.getTime()) / 1000n;
