/** The ways in which a file key may be wrapped, strongest first. The payload is age v1 in each. */
export const suiteNames = ["age-v1/mlkem768x25519", "age-v1/x25519"] as const;

export type Suite = (typeof suiteNames)[number];

/** Post-quantum hybrid: ML-KEM-768 with X25519. */
export const defaultSuite: Suite = "age-v1/mlkem768x25519";

/** Classic only: for recipients whose tool is older, where the record's policy allows it. */
export const classicSuite: Suite = "age-v1/x25519";
