/** Integers of more digits than this are taken for numbers of people, phones and accounts, not for measurements. */
const mostDigits = 8;

/** @returns whether a text is a plain decimal number that can be a measurement. */
export function isPlainNumber(text: string): boolean {
  const found = /^[+-]?(\d*)(?:\.(\d*))?(?:[eE][+-]?\d{1,2})?$/.exec(text);
  if (found === null) return false;
  const whole = found[1] ?? "";
  const fraction = found[2] ?? "";
  return whole.length + fraction.length > 0 && whole.replace(/^0+/, "").length <= mostDigits && fraction.length <= 15;
}

/** @returns whether a JSON number can be a measurement: no longer than `isPlainNumber` allows. */
export const isMeasurement = (value: number): boolean => Math.abs(value) < 10 ** mostDigits;
