const multiply = ["0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"];
const permute = ["0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"];

/** @returns whether the last digit is right by Luhn's formula, as LOINC uses it. Other characters than digits are passed over. */
export function luhn(text: string): boolean {
  let sum = 0;
  [...text.replace(/\D/g, "")].reverse().forEach((digit, at) => {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return sum % 10 === 0;
}

/** @returns whether the last digit is right by Verhoeff's scheme, as SNOMED CT identifiers use it. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  [...digits].reverse().forEach((digit, at) => {
    check = Number(multiply[check]?.charAt(Number(permute[at % 8]?.charAt(Number(digit)))));
  });
  return check === 0;
}
