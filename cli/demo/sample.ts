/** A record of the demonstration, as `galen samples` wrote it. */
export interface Sample { name: string; format: string; file: string }

/** The record that the provider lists without its name on the chain. */
export const isAnonymous = ({ format }: Pick<Sample, "format">): boolean => format === "DICOM";

/** The record that the provider de-identifies and encrypts on its own machine: the platform never has its source. */
export const isClientSide = ({ name }: Pick<Sample, "name">): boolean => name === "lipid-panel.hl7";
